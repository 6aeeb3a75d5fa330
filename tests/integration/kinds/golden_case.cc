#include "tests/integration/kinds/golden_case.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dataplane/config_sync/kind_compiler.h"
#include "dataplane/config_sync/settings_compiler.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::ordered_json;

// Text as it is; JSON as one line.
std::string BodyOf(const Json& message) {
  if (!message.contains("body")) return {};
  return message["body"].is_string() ? message["body"].get<std::string>() : message["body"].dump();
}

Headers HeadersOf(const Json& message) {
  const Json named = message.value("headers", Json::object());
  Headers headers;
  for (const auto& [name, value] : named.items())
    headers.emplace_back(name, value.get<std::string>());
  return headers;
}

std::vector<std::string> EventsOf(const Json& lines) {
  std::vector<std::string> events;
  std::string event;
  for (const Json& line : lines) {
    event += line.get<std::string>() + "\n";
    if (line != "") continue;
    events.push_back(std::move(event));
    event.clear();
  }
  return events;
}

GoldenCase Read(const std::filesystem::path& path) {
  std::ifstream file(path);
  const Json json = Json::parse(file);
  GoldenCase golden;
  const std::string kind = path.parent_path().filename().string();
  golden.name = kind + "/" + path.stem().string();
  golden.kind = config_sync::UpstreamKindOf(kind).value();
  golden.upstream_json = json.at("upstream").dump();
  golden.prefix = json.value("prefix", golden.prefix);
  golden.open = json.value("open", false);
  const Json& request = json.at("request");
  golden.request = {.method = request.value("method", "POST"),
                    .target = request.at("target").get<std::string>(),
                    .headers = HeadersOf(request),
                    .body = BodyOf(request)};
  const Json& gets = json.at("upstream_gets");
  golden.upstream_target = gets.at("target").get<std::string>();
  const Json sent = gets.value("headers", Json::object());
  for (const auto& [name, value] : sent.items()) {
    golden.upstream_headers[name] =
        value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
  }
  const Json& answer = json.at("answer");
  golden.status = golden.client_status = answer.value("status", 200);
  golden.answer_headers = HeadersOf(answer);
  golden.body = BodyOf(answer);
  if (answer.contains("stream")) golden.events = EventsOf(answer["stream"]);
  const Json client = json.value("client_gets", Json::object());
  golden.client_status = client.value("status", golden.client_status);
  golden.client_headers = HeadersOf(client);
  for (const auto& [field, value] : json.at("record").items()) {
    if (field == "reason") {
      golden.reason = value.get<std::string>();
    } else if (field == "model_served") {
      golden.model_served = value.get<std::string>();
    } else {
      golden.usage[field] = value.get<int64_t>();
    }
  }
  return golden;
}

}  // namespace

std::vector<GoldenCase> GoldenCases() {
  std::vector<GoldenCase> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(LLMGW_GOLDEN_DIR)) {
    if (entry.path().extension() == ".json") cases.push_back(Read(entry.path()));
  }
  std::sort(cases.begin(), cases.end(),
            [](const GoldenCase& a, const GoldenCase& b) { return a.name < b.name; });
  return cases;
}

settings::UpstreamSettings CompileGolden(const GoldenCase& golden, const std::string& base_url) {
  config::v1::Snapshot snapshot;
  snapshot.set_client_key_hash_key(std::string(32, 'k'));
  config::v1::Upstream& upstream = *snapshot.add_resources()->mutable_upstream();
  if (!google::protobuf::util::JsonStringToMessage(golden.upstream_json, &upstream).ok())
    throw std::runtime_error(golden.name + ": the upstream can't be read");
  upstream.set_name("up");
  upstream.set_kind(settings::ToString(golden.kind));
  const bool azure = golden.kind == settings::UpstreamKind::kAzureOpenai;
  upstream.set_endpoint(base_url + (azure ? "" : "/v1"));
  upstream.set_retries(0);
  if (upstream.credential_mode().empty()) {
    config::v1::Credential& credential = *upstream.add_credentials();
    credential.set_id("cred");
    credential.set_secret("sk-upstream-up");
  }
  const auto compiled = config_sync::CompileSettings(snapshot, 1);
  if (!compiled) throw std::runtime_error(golden.name + ": " + compiled.error().Describe());
  return *(*compiled)->upstreams().front();
}

}  // namespace llmgw::test
