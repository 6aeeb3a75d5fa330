#include <algorithm>
#include <cctype>
#include <charconv>

#include "common/config/endpoint.h"
#include "common/config/resource_rules.h"
#include "common/config/retry_on.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestPrefix = 256;

// Empty: fine; otherwise what is wrong. Clients' paths are compared as they are sent, so a prefix
// that needs decoding would never match.
std::string_view CheckPrefix(std::string_view prefix) {
  if (prefix.empty()) return "is needed; write it like /v1";
  if (prefix.front() != '/') return "must start with '/'";
  if (prefix == "/") return {};
  if (prefix.size() > kLongestPrefix) return "must have at most 256 characters";
  if (prefix.back() == '/') return "must not end with '/'";
  constexpr std::string_view kMarks = "/-._~!$&'()*+,;=:@";
  bool plain = std::all_of(prefix.begin(), prefix.end(), [&](char c) {
    bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || kMarks.find(c) != std::string_view::npos;
  });
  if (!plain) return "must have only characters of a path that need no percent-encoding";
  if (prefix.find("//") != std::string_view::npos) return "has an empty segment";
  std::string closed = std::string(prefix) + "/";
  bool dots = closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos;
  return dots ? "has a '.' or '..' segment" : std::string_view();
}

// "https://app.example.com", "http://localhost:3000", "tauri://localhost": what browsers put into
// Origin (RFC 6454, section 6.2).
bool IsOrigin(std::string_view origin) {
  size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return false;
  std::string_view scheme = origin.substr(0, scheme_end);
  bool good_scheme =
      std::islower(static_cast<unsigned char>(scheme[0])) != 0 &&
      std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  std::string_view rest = origin.substr(scheme_end + 3);
  if (!good_scheme || rest.find_first_of("/?#@") != std::string_view::npos) return false;
  if (scheme == "http" || scheme == "https") return ParseEndpoint(origin).has_value();
  return IsHost(rest.substr(0, rest.find(':')));
}

void CheckCors(const v1::Cors& cors, Faults& faults) {
  for (int i = 0; i < cors.allow_origins_size(); ++i) {
    const auto& origin = cors.allow_origins(i);
    if (origin == "*") {
      if (cors.allow_origins_size() > 1) {
        faults.AddAt("cors.allow_origins", i, "'*' already means every origin; let it stand alone");
      }
    } else if (!IsOrigin(origin)) {
      faults.AddAt("cors.allow_origins", i,
                   "must be '*' or an origin without path, such as https://app.example.com");
    }
  }
}

void CheckRetryOn(const Strings& retry_on, Faults& faults) {
  RetryOn ignored;
  for (int i = 0; i < retry_on.size(); ++i) {
    auto added = AddRetryOn(retry_on[i], &ignored);
    if (!added && HasControlCharacter(retry_on[i])) {
      faults.AddAt("retry_on", i, "has a control character");
    } else if (!added) {
      faults.AddAt("retry_on", i, added.error().message);
    } else if (retry_on[i] == "never" && retry_on.size() > 1) {
      faults.AddAt("retry_on", i, "'never' must stand alone");
    }
  }
}

}  // namespace

void CheckRoute(const v1::Route& route, const KnownNames& known, Faults& faults) {
  if (auto fault = CheckName(route.name()); !fault.empty()) faults.Add("name", fault);
  if (auto fault = CheckPrefix(route.prefix()); !fault.empty()) faults.Add("prefix", fault);
  if (!route.host().empty() && !IsHost(route.host())) {
    faults.Add("host", "must be a host name without scheme and port, such as llm.example.com");
  }
  faults.CheckReferences("upstreams", route.upstreams(), "upstream", known.upstreams);
  CheckRetryOn(route.retry_on(), faults);
  CheckChoosing(route, known, faults);
  faults.CheckChoice("auth", route.auth(), {"keys", "none"});
  CheckCors(route.cors(), faults);
  faults.CheckChoice("log_policy", route.log_policy(), {"metadata", "bodies", "none"});
  CheckAnswers(route, faults);
  CheckAddresses(route.addresses(), faults);
}

}  // namespace llmgw::config
