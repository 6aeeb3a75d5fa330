#include "admin-cli/input/time.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

namespace llmgw::admin_cli {
namespace {

using google::protobuf::util::TimeUtil;

const WallTime kNoon = WallTime(std::chrono::seconds(1'795'176'000));  // 2026-11-20T12:00:00Z

TEST(Time, ReadsSpansInEveryUnit) {
  EXPECT_EQ(ParseSpan("500ms")->count(), 500);
  EXPECT_EQ(ParseSpan("10s")->count(), 10'000);
  EXPECT_EQ(ParseSpan("2m")->count(), 120'000);
  EXPECT_EQ(ParseSpan("1h")->count(), 3'600'000);
  EXPECT_EQ(ParseSpan("30d")->count(), 30LL * 86'400'000);
  EXPECT_EQ(ParseSpan("0.500s")->count(), 500);  // protobuf JSON
}

TEST(Time, RefusesSpansWithoutAUnit) {
  for (const char* text : {"", "10", "s", "-1s", "1 s", "ten", "1.5h", "99999999d"}) {
    EXPECT_FALSE(ParseSpan(text)) << text;
  }
}

TEST(Time, CountsBackForThePastAndOnForTheFuture) {
  EXPECT_EQ(TimeUtil::ToString(*ParsePast("1h", kNoon)), "2026-11-20T11:00:00Z");
  EXPECT_EQ(TimeUtil::ToString(*ParseFuture("30d", kNoon)), "2026-12-20T12:00:00Z");
}

TEST(Time, CountsFurtherThanTheClock) {
  EXPECT_EQ(TimeUtil::ToString(*ParseFuture("8640000000s", kNoon)), "2300-09-05T12:00:00Z");
}

TEST(Time, TakesRfc3339AsItStands) {
  EXPECT_EQ(TimeUtil::ToString(*ParsePast("2026-01-02T03:04:05Z", kNoon)), "2026-01-02T03:04:05Z");
  EXPECT_EQ(TimeUtil::ToString(*ParsePast("2026-01-02T03:04:05+01:00", kNoon)),
            "2026-01-02T02:04:05Z");
  EXPECT_EQ(TimeUtil::ToString(*ParsePast("2026-01-02", kNoon)), "2026-01-02T00:00:00Z");
  EXPECT_FALSE(ParsePast("yesterday", kNoon));
}

}  // namespace
}  // namespace llmgw::admin_cli
