#include "controlplane/store/time_micros.h"

#include <algorithm>

namespace llmgw::controlplane::store {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kLatestSecond = 9'000'000'000;

}  // namespace

int64_t ToMicros(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

WallTime FromMicros(int64_t micros) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::microseconds(micros)));
}

int64_t ToMicros(const google::protobuf::Timestamp& time) {
  if (time.seconds() < 0) return 0;
  const int64_t nanos = std::clamp<int64_t>(time.nanos(), 0, 999'999'999);
  return std::min(time.seconds(), kLatestSecond) * kMicrosPerSecond + nanos / 1000;
}

google::protobuf::Timestamp ToTimestamp(int64_t micros) {
  google::protobuf::Timestamp time;
  time.set_seconds(micros / kMicrosPerSecond);
  time.set_nanos(static_cast<int32_t>(micros % kMicrosPerSecond * 1000));
  return time;
}

}  // namespace llmgw::controlplane::store
