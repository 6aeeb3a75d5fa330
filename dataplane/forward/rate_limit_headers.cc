#include "dataplane/forward/rate_limit_headers.h"

#include <algorithm>

#include "dataplane/net/http1/header.h"

namespace llmgw::forward {
namespace {

using net::http1::EqualsIgnoreCase;
using net::http1::HeaderView;
using net::http1::ResponseHead;
using std::chrono::milliseconds;
using Wait = std::optional<milliseconds>;

constexpr std::string_view kReset = "reset";
constexpr std::string_view kRemaining = "remaining";

const HeaderView* FindNamed(const ResponseHead& head, std::string_view name) {
  for (const HeaderView& header : head.headers)
    if (EqualsIgnoreCase(header.name, name)) return &header;
  return nullptr;
}

bool StartsWith(std::string_view name, std::string_view beginning) {
  return name.size() >= beginning.size() &&
         EqualsIgnoreCase(name.substr(0, beginning.size()), beginning);
}

bool EndsWith(std::string_view name, std::string_view end) {
  return name.size() >= end.size() && EqualsIgnoreCase(name.substr(name.size() - end.size()), end);
}

// Where "reset" stands in the name of a rate limit's reset header; npos in another name.
size_t ResetIn(std::string_view name) {
  constexpr std::string_view kCommon = "x-ratelimit-reset";
  if (StartsWith(name, kCommon) && (name.size() == kCommon.size() || name[kCommon.size()] == '-'))
    return kCommon.size() - kReset.size();
  if (EqualsIgnoreCase(name, "ratelimit-reset") ||
      (StartsWith(name, "anthropic-ratelimit-") && EndsWith(name, "-reset")))
    return name.size() - kReset.size();
  return std::string_view::npos;
}

// Nothing is left of the limit that the reset header is about.
bool UsedUp(const ResponseHead& head, std::string_view name, size_t reset) {
  const std::string_view before = name.substr(0, reset);
  const std::string_view after = name.substr(reset + kReset.size());
  return std::any_of(head.headers.begin(), head.headers.end(), [&](const HeaderView& header) {
    return header.value == "0" &&
           header.name.size() == before.size() + kRemaining.size() + after.size() &&
           StartsWith(header.name, before) &&
           StartsWith(header.name.substr(before.size()), kRemaining) &&
           EndsWith(header.name, after);
  });
}

Wait ResetOf(const ResponseHead& head, WallTime now) {
  Wait used_up;
  Wait any;
  for (const HeaderView& header : head.headers) {
    const size_t reset = ResetIn(header.name);
    if (reset == std::string_view::npos) continue;
    const Wait wait = ParseWait(header.value, now);
    if (!wait) continue;
    any = any ? std::min(*any, *wait) : *wait;
    if (UsedUp(head, header.name, reset)) used_up = used_up ? std::max(*used_up, *wait) : *wait;
  }
  return used_up ? used_up : any;
}

}  // namespace

Wait RetryAfter(const ResponseHead& head, WallTime now) {
  if (const HeaderView* header = FindNamed(head, "retry-after-ms")) {
    // A number of milliseconds (Azure OpenAI).
    if (const Wait wait = ParseWait(header->value, now); wait && wait->count() < 1'000'000'000'000)
      return milliseconds((wait->count() + 999) / 1000);
  }
  if (const HeaderView* header = FindNamed(head, "retry-after")) {
    if (const Wait wait = ParseWait(header->value, now)) return wait;
  }
  return head.status == 429 ? ResetOf(head, now) : std::nullopt;
}

}  // namespace llmgw::forward
