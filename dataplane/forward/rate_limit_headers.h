#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "dataplane/net/http1/head.h"

// How upstreams say when they want to be asked again.
namespace llmgw::forward {

// One value, whatever its form:
//   "20", "1.5"               seconds (RFC 9110 10.2.3; Azure's reset headers)
//   "6m0s", "20ms", "1h2m"    durations as Go writes them (OpenAI's reset headers)
//   "1763683200", "1763683200000"  seconds or milliseconds since 1970 (x-ratelimit-reset)
//   "2025-11-21T00:00:00Z"    RFC 3339 (Anthropic's reset headers)
//   "Fri, 21 Nov 2025 00:00:00 GMT"  a date of HTTP (RFC 9110 5.6.7, all three forms)
// Zero for what is past; nothing for another form.
std::optional<std::chrono::milliseconds> ParseWait(std::string_view value, WallTime now);

// How long a failed answer asks to be left alone: retry-after-ms, Retry-After, and for a 429 the
// reset headers of rate limits (x-ratelimit-reset, x-ratelimit-reset-KIND,
// anthropic-ratelimit-KIND-reset, ratelimit-reset): the latest of the limits of which nothing
// remains, or, when none says so, the earliest of all.
std::optional<std::chrono::milliseconds> RetryAfter(const net::http1::ResponseHead& head,
                                                    WallTime now);

}  // namespace llmgw::forward
