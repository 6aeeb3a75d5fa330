#include "common/config/retry_on.h"

#include <cctype>
#include <string>

namespace llmgw::config {
namespace {

void AddStatuses(size_t first, size_t last, RetryOn* rules) {
  for (size_t status = first; status <= last; ++status) rules->status.set(status);
}

bool IsStatusOrClass(std::string_view value) {
  if (value.size() != 3 || value[0] < '1' || value[0] > '5') return false;
  if (value.substr(1) == "xx") return true;
  return std::isdigit(static_cast<unsigned char>(value[1])) != 0 &&
         std::isdigit(static_cast<unsigned char>(value[2])) != 0;
}

}  // namespace

RetryOn DefaultRetryOn() {
  RetryOn rules;
  rules.connect = rules.timeout = rules.reset = true;
  rules.status.set(401).set(403).set(429);
  AddStatuses(500, 599, &rules);
  return rules;
}

Status AddRetryOn(std::string_view value, RetryOn* rules) {
  if (value == "never") return {};
  if (value == "connect") {
    rules->connect = true;
  } else if (value == "timeout") {
    rules->timeout = true;
  } else if (value == "reset") {
    rules->reset = true;
  } else if (value == "any-error") {
    rules->connect = rules->timeout = rules->reset = true;
    AddStatuses(100, 199, rules);
    AddStatuses(300, 599, rules);
  } else if (IsStatusOrClass(value)) {
    auto digit = static_cast<size_t>(value[0] - '0') * 100;
    if (value[1] == 'x') {
      AddStatuses(digit, digit + 99, rules);
    } else {
      rules->status.set(digit + static_cast<size_t>(value[1] - '0') * 10 +
                        static_cast<size_t>(value[2] - '0'));
    }
  } else {
    return Fail(
        InvalidArgument({}, "'" + std::string(value) +
                                "' is not one of connect, timeout, reset, a status (429), a "
                                "class (5xx), any-error, never"));
  }
  return {};
}

}  // namespace llmgw::config
