#include "admin-cli/output/human.h"

#include <cstdio>
#include <ctime>

#include "common/daemon/units.h"
#include "common/rpc/timestamp.h"

namespace llmgw::admin_cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

template <typename... Args>
std::string Format(const char* pattern, Args... args) {
  char buffer[96];
  const int length = std::snprintf(buffer, sizeof buffer, pattern, args...);
  return std::string(buffer, static_cast<size_t>(length));
}

bool IsUnset(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 && time.nanos() == 0;
}

// What was to happen in 30 days a moment ago still happens in 30 days.
constexpr int64_t kRoundUpSeconds = 60;
constexpr int64_t kShownInSeconds = 120;

std::string Span(int64_t s) {
  if (s < kShownInSeconds) return std::to_string(s) + "s";
  if (s < 2 * 3600) return std::to_string(s / 60) + "m";
  if (s < 48 * 3600) return std::to_string(s / 3600) + "h";
  return std::to_string(s / 86400) + "d";
}

}  // namespace

std::string Age(const google::protobuf::Timestamp& time, WallTime now) {
  if (IsUnset(time)) return "";
  // The difference of two times is longer than the clock can count.
  using Millis = std::chrono::milliseconds;
  const Millis age = duration_cast<Millis>(now.time_since_epoch()) -
                     duration_cast<Millis>(rpc::ToWallTime(time).time_since_epoch());
  const int64_t s = duration_cast<seconds>(age).count();
  // Clocks of two machines differ a little; a second ahead is no news.
  if (s < -1) return "in " + Span(-s < kShownInSeconds ? -s : -s + kRoundUpSeconds);
  return Span(s < 0 ? 0 : s) + " ago";
}

std::string LocalTime(const google::protobuf::Timestamp& time) {
  if (IsUnset(time)) return "";
  const std::time_t t = time.seconds();
  std::tm parts{};
  localtime_r(&t, &parts);
  char buffer[32];
  const size_t length = std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts);
  return std::string(buffer, length);
}

std::string LocalTimeMillis(const google::protobuf::Timestamp& time) {
  if (IsUnset(time)) return "";
  return LocalTime(time) + Format(".%03d", time.nanos() / 1'000'000);
}

std::string Micros(int64_t us) {
  if (us < 1000) return std::to_string(us) + "us";
  if (us < 1'000'000) return Format("%.1fms", static_cast<double>(us) / 1e3);
  if (us < 120'000'000) return Format("%.2fs", static_cast<double>(us) / 1e6);
  const long long s = us / 1'000'000;
  return Format("%lldm%02llds", s / 60, s % 60);
}

std::string DurationText(const google::protobuf::Duration& duration) {
  return daemon::FormatDuration(seconds(duration.seconds()) +
                                std::chrono::milliseconds(duration.nanos() / 1'000'000));
}

std::string Bytes(int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  const double kib = static_cast<double>(bytes) / 1024;
  if (kib < 1024) return Format("%.1f KiB", kib);
  if (kib < 1024 * 1024) return Format("%.1f MiB", kib / 1024);
  return Format("%.1f GiB", kib / (1024 * 1024));
}

std::string Counted(uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

}  // namespace llmgw::admin_cli
