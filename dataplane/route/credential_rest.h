#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"

namespace llmgw::route {

// When a credential is left alone: after a 401 or 403 (it is not, or no longer, good for this) and
// after a 429 (it is used up for now). Thread-compatible.
//
// As long as the upstream asks for, but at most kLongest; where it does not say: 5 min after a 401,
// 1 min after a 403 (which may be about one request's model or country), 1 s after a 429, each
// doubled with every further one in a row.
class CredentialRest {
 public:
  static constexpr std::chrono::milliseconds kAfter401 = std::chrono::minutes(5);
  static constexpr std::chrono::milliseconds kAfter403 = std::chrono::minutes(1);
  static constexpr std::chrono::milliseconds kAfter429 = std::chrono::seconds(1);
  static constexpr std::chrono::milliseconds kLongestAfter429 = std::chrono::minutes(1);
  static constexpr std::chrono::milliseconds kLongest = std::chrono::hours(1);

  // The statuses that are about the credential.
  static constexpr bool Causes(int status) {
    return status == 401 || status == 403 || status == 429;
  }

  // An answer came to a request that `began` then. True: it begins to rest, or rests longer now.
  bool Answered(int status, std::optional<std::chrono::milliseconds> asked, MonotonicTime began,
                MonotonicTime now);

  bool rests(MonotonicTime now) const { return now < until_; }
  MonotonicTime until() const { return until_; }
  // Of the rest that it is in: since when, and after which status.
  MonotonicTime since() const { return since_; }
  int status() const { return status_; }

 private:
  MonotonicTime until_{};
  MonotonicTime since_{};
  int status_ = 0;
  uint32_t in_a_row_ = 0;
};

}  // namespace llmgw::route
