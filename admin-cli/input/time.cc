#include "admin-cli/input/time.h"

#include <google/protobuf/util/time_util.h>

#include <cctype>
#include <charconv>

#include "common/daemon/units.h"

namespace llmgw::admin_cli {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

// A day is 24 h here: nobody means daylight saving by "30d".
constexpr int64_t kMillisPerDay = 86'400'000;
constexpr int64_t kMostDays = 36'500;

Result<Timestamp> Shifted(const std::string& text, WallTime now, int direction) {
  if (auto time = ParseTimestamp(text)) return *time;
  auto span = ParseSpan(text);
  if (!span) {
    return Fail(InvalidArgument("", "'" + text +
                                        "' is no time; write a span such as 90s, 1h or 30d, or "
                                        "RFC 3339 such as 2026-11-20T18:00:00Z"));
  }
  // In milliseconds: nanoseconds end in 2262.
  const auto shifted = std::chrono::time_point_cast<milliseconds>(now) + direction * *span;
  return TimeUtil::MillisecondsToTimestamp(shifted.time_since_epoch().count());
}

}  // namespace

Result<milliseconds> ParseSpan(const std::string& text) {
  int64_t days = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, days);
  if (error == std::errc() && rest + 1 == end && *rest == 'd' && days >= 0 && days <= kMostDays) {
    return milliseconds(days * kMillisPerDay);
  }
  // The protobuf form, which has a decimal point that ParseDuration does not take.
  google::protobuf::Duration proto;
  if (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) &&
      TimeUtil::FromString(text, &proto)) {
    return milliseconds(TimeUtil::DurationToMilliseconds(proto));
  }
  return daemon::ParseDuration(text);
}

Result<google::protobuf::Duration> ParseProtoDuration(const std::string& text) {
  TRY_ASSIGN(milliseconds span, ParseSpan(text));
  return TimeUtil::MillisecondsToDuration(span.count());
}

Result<Timestamp> ParseTimestamp(const std::string& text) {
  Timestamp time;
  if (TimeUtil::FromString(text, &time)) return time;
  if (text.size() == 10 && TimeUtil::FromString(text + "T00:00:00Z", &time)) return time;
  return Fail(InvalidArgument("", "'" + text + "' is no RFC 3339 time (2026-11-20T18:00:00Z)"));
}

Result<Timestamp> ParsePast(const std::string& text, WallTime now) {
  return Shifted(text, now, -1);
}

Result<Timestamp> ParseFuture(const std::string& text, WallTime now) {
  return Shifted(text, now, 1);
}

}  // namespace llmgw::admin_cli
