#include "common/daemon/units.h"

#include <charconv>
#include <limits>
#include <utility>

namespace llmgw::daemon {
namespace {

using Unit = std::pair<std::string_view, uint64_t>;
// Ascending, so that formatting can take the largest that divides.
constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit kSizes[] = {{"", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}};

template <size_t N>
Result<uint64_t> Parse(std::string_view text, const Unit (&units)[N], std::string_view example) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  std::string_view suffix(rest, static_cast<size_t>(end - rest));
  for (const auto& [name, factor] : units) {
    if (error != std::errc() || suffix != name) continue;
    if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / factor) break;
    return number * factor;
  }
  return Fail(InvalidArgument({}, "'" + std::string(text) + "' is not " + std::string(example)));
}

template <size_t N>
std::string Format(uint64_t value, const Unit (&units)[N]) {
  const Unit* best = &units[0];
  for (const auto& unit : units) {
    if (value != 0 && value % unit.second == 0) best = &unit;
  }
  return std::to_string(value / best->second) + std::string(best->first);
}

}  // namespace

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  auto count = Parse(text, kDurations, "a duration; write 250ms, 10s, 5m or 1h");
  if (!count) return Fail(count.error());
  return std::chrono::milliseconds(*count);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  return Format(static_cast<uint64_t>(duration.count()), kDurations);
}

Result<uint64_t> ParseBytes(std::string_view text) {
  return Parse(text, kSizes, "a size in bytes; write 65536, 64KiB, 512MiB or 2GiB");
}

std::string FormatBytes(uint64_t bytes) { return Format(bytes, kSizes); }

}  // namespace llmgw::daemon
