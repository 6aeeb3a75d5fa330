#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dataplane/accept/gateway.h"
#include "dataplane/settings/settings_builder.h"
#include "tests/fakes/fake_upstream.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

namespace llmgw::test {

// Keeps the records of all workers for the test to look at. Safe for concurrent use.
class RecordLog {
 public:
  std::unique_ptr<record::Recorder> MakeRecorder();
  // The next record not yet taken; nothing when none comes within the bound.
  std::optional<model::RequestRecord> Wait(std::chrono::milliseconds bound = kPatience);

 private:
  class Sink;
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<model::RequestRecord> records;  // guarded by mutex
    size_t taken = 0;                           // guarded by mutex
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// A running gateway on a free port, configured in code: upstreams are fakes on loopback, the key
// "test-key" may use everything.
class GatewayTest : public ::testing::Test {
 protected:
  static constexpr const char* kKey = "test-key";

  GatewayTest();

  // ---- configuration; call Start() or Apply() afterwards
  // An upstream at the fake's address with base path "/v1" and the secret "sk-upstream-NAME", never
  // ejected.
  settings::UpstreamSettings& AddUpstream(const std::string& name, const FakeUpstream& fake);
  void RemoveUpstream(const std::string& name);
  // A mock upstream.
  settings::UpstreamSettings& AddMock(const std::string& name);
  // The default route (all upstreams, prefix /v1, the default retry_on).
  settings::RouteDefinition& route() { return routes_.front(); }
  settings::RouteDefinition& AddRoute(const std::string& name, const std::string& prefix);
  struct Key {
    std::string id;
    std::string token;
    model::AccessList models;
    std::vector<std::string> routes;
    std::vector<std::string> upstreams;
    bool disabled = false;
    std::optional<std::chrono::system_clock::time_point> expires_at;
    std::optional<model::LogPolicy> log_policy;
    settings::AddressRules addresses;
    std::vector<std::string> levels;
  };
  Key& AddKey(const std::string& id, const std::string& token);
  void AddLevel(const std::string& name, std::vector<std::string> models);

  accept::GatewayOptions& options() { return options_; }
  void Start();
  void StartWithoutSettings();
  // Builds the settings anew and applies them.
  void Apply();
  std::string address() const { return gateway_->address(); }
  accept::Gateway& gateway() const { return *gateway_; }

  // ---- requests
  HttpAnswer Chat(const std::string& body = R"({"model":"gpt-4o","messages":[]})",
                  const std::string& token = kKey);
  // Opens a connection and sends a streamed chat request.
  Connection OpenStream(
      const std::string& body = R"({"model":"gpt-4o","stream":true,"messages":[]})");
  Connection Connect();

  RecordLog records;

 private:
  settings::SettingsPtr Build();
  void StartWith(settings::SettingsPtr initial);

  TempDir temp_;
  accept::GatewayOptions options_;
  std::vector<std::unique_ptr<settings::UpstreamSettings>> upstreams_;
  std::vector<settings::RouteDefinition> routes_;
  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<settings::LevelSettings> levels_;
  uint64_t revision_ = 0;
  std::unique_ptr<accept::Gateway> gateway_;
};

// The OpenAI error object of an answer: "error.FIELD" as text; empty when it has none.
std::string ErrorField(const std::string& body, const std::string& field);

}  // namespace llmgw::test
