#pragma once

#include <bitset>
#include <string_view>

#include "common/base/result.h"

namespace llmgw::config {

// Which failures of an attempt send a request on to the next candidate (Route.retry_on).
struct RetryOn {
  bool connect = false;
  bool timeout = false;
  bool reset = false;
  std::bitset<600> status;
};

// connect, timeout, reset, 429, 5xx, 401, 403: what an empty Route.retry_on means.
RetryOn DefaultRetryOn();

// Adds one value of Route.retry_on: "connect", "timeout", "reset", "429", "5xx", "any-error" or
// "never" (which adds nothing). kInvalidArgument without a field.
Status AddRetryOn(std::string_view value, RetryOn* rules);

// A whole list (any range of strings); empty means the default. REQUIRES: Validate accepted it;
// what is malformed is passed over.
template <typename Values>
RetryOn ParseRetryOn(const Values& values) {
  if (values.begin() == values.end()) return DefaultRetryOn();
  RetryOn rules;
  for (const auto& value : values) (void)AddRetryOn(value, &rules);
  return rules;
}

}  // namespace llmgw::config
