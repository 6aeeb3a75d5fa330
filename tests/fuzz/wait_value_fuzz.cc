#include <algorithm>
#include <string>
#include <string_view>

#include "dataplane/forward/rate_limit_headers.h"
#include "tests/fuzz/check.h"

// A header's value never means a negative wait or an endless one, and means later what it meant
// before, less the time that has passed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace std::chrono;
  const std::string value(reinterpret_cast<const char*>(data), size);
  const llmgw::WallTime now{seconds(1763683200)};
  const auto wait = llmgw::forward::ParseWait(value, now);
  if (!wait) return 0;
  FUZZ_CHECK(wait->count() >= 0);
  const auto later = llmgw::forward::ParseWait(value, now + hours(1));
  FUZZ_CHECK(later.has_value());
  FUZZ_CHECK(*later == *wait || *later == std::max(milliseconds(0), *wait - hours(1)) ||
             *wait >= hours(24 * 365 * 20));
  return 0;
}
