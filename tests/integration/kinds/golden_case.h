#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/settings/runtime_settings.h"
#include "tests/support/http_client.h"

namespace llmgw::test {

// One file of tests/integration/kinds/golden; its README says what the fields mean.
struct GoldenCase {
  std::string name;  // "anthropic/message"
  settings::UpstreamKind kind = settings::UpstreamKind::kOpenai;
  std::string upstream_json;
  std::string prefix = "/v1";
  bool open = false;
  HttpRequest request;
  std::string upstream_target;
  // Unset: must not be there.
  std::map<std::string, std::optional<std::string>> upstream_headers;
  int status = 200;
  Headers answer_headers;
  std::string body;
  std::vector<std::string> events;  // each with its blank line; empty: the answer is `body`
  int client_status = 200;
  Headers client_headers;
  std::string reason;
  std::string model_served;
  std::map<std::string, int64_t> usage;

  bool streamed() const { return !events.empty(); }
};

// All of them, sorted by name. Throws where one can't be read.
std::vector<GoldenCase> GoldenCases();

// The case's upstream at `base_url` ("http://127.0.0.1:1"), named "up", validated and compiled as a
// dataplane does it. Its stored secret is "sk-upstream-up".
settings::UpstreamSettings CompileGolden(const GoldenCase& golden, const std::string& base_url);

}  // namespace llmgw::test
