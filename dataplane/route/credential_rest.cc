#include "dataplane/route/credential_rest.h"

#include <algorithm>

namespace llmgw::route {
namespace {

using std::chrono::milliseconds;

milliseconds Default(int status, uint32_t in_a_row) {
  milliseconds rest = CredentialRest::kAfter429;
  milliseconds longest = CredentialRest::kLongestAfter429;
  if (status != 429) {
    rest = status == 401 ? CredentialRest::kAfter401 : CredentialRest::kAfter403;
    longest = CredentialRest::kLongest;
  }
  for (uint32_t i = 0; i < in_a_row && rest < longest; ++i) rest *= 2;
  return std::min(rest, longest);
}

}  // namespace

bool CredentialRest::Answered(int status, std::optional<milliseconds> asked, MonotonicTime began,
                              MonotonicTime now) {
  if (!Causes(status)) {
    // Another failure says nothing of the credential.
    if (status < 200 || status >= 400) return false;
    // What was sent before the refusal shows nothing of the time since.
    if (rests(now) && began <= since_) return false;
    in_a_row_ = 0;
    until_ = {};
    return false;
  }
  // Requests that were under way together fail together: that is one time, not many.
  const bool rested_already = rests(now);
  const bool says = asked.has_value() && asked->count() > 0;
  if (rested_already && !says) return false;
  const milliseconds rest = says ? std::min(*asked, kLongest) : Default(status, in_a_row_);
  if (!rested_already && in_a_row_ < 31) ++in_a_row_;
  if (now + rest <= until_) return false;
  if (!rested_already) since_ = now;
  until_ = now + rest;
  status_ = status;
  return true;
}

}  // namespace llmgw::route
