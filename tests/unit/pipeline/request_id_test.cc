#include "dataplane/pipeline/request_id.h"

#include <gtest/gtest.h>

#include <set>

namespace llmgw::pipeline {
namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::milliseconds(1'795'000'000'000)};

TEST(RequestId, SortsByTime) {
  RequestIdSource one, other;
  std::string earlier, later;
  for (int64_t step : {1LL, 31LL, 32LL, 1000LL, 1LL << 20, 1LL << 40}) {
    for (int i = 0; i < 100; ++i) {
      one.Next(kNow, earlier);
      other.Next(kNow + std::chrono::milliseconds(step), later);
      ASSERT_LT(earlier, later) << step;
    }
  }
}

TEST(RequestId, IsAPrefixAndTwentyFourSafeCharacters) {
  RequestIdSource source;
  std::string id;
  for (int i = 0; i < 1000; ++i) {
    source.Next(kNow, id);
    EXPECT_EQ(id.size(), 28U);
    EXPECT_TRUE(id.starts_with("req_"));
    EXPECT_EQ(id.substr(4).find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"),
              std::string::npos);
  }
}

TEST(RequestId, IsNeverGivenTwiceAlsoByOtherWorkers) {
  RequestIdSource sources[4];
  std::set<std::string> ids;
  std::string id;
  for (int i = 0; i < 20'000; ++i) {
    sources[i % 4].Next(kNow, id);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 20'000U);
}

}  // namespace
}  // namespace llmgw::pipeline
