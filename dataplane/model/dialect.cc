#include "dataplane/model/dialect.h"

#include "dataplane/model/failure.h"

namespace llmgw::model {

Dialect DialectOf(std::string_view path, bool has_anthropic_version) {
  static constexpr std::string_view kMessages = "/v1/messages";
  if (has_anthropic_version) return Dialect::kAnthropic;
  const size_t at = path.find(kMessages);
  if (at == std::string_view::npos) return Dialect::kOpenai;
  const std::string_view rest = path.substr(at + kMessages.size());
  return rest.empty() || rest.front() == '/' ? Dialect::kAnthropic : Dialect::kOpenai;
}

std::string_view AnthropicErrorType(const Failure& failure) {
  switch (failure.status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    default:
      break;
  }
  if (failure.limit != Limit::kNone && failure.status == 503) return "overloaded_error";
  return failure.status < 500 ? "invalid_request_error" : "api_error";
}

}  // namespace llmgw::model
