#include "tests/integration/gateway/gateway_fixture.h"

#include <nlohmann/json.hpp>

namespace llmgw::test {

class RecordLog::Sink final : public record::Recorder {
 public:
  explicit Sink(std::shared_ptr<State> state) : state_(std::move(state)) {}
  void RequestStarted() override {}
  void Record(const model::RequestRecord& record) override {
    std::lock_guard lock(state_->mutex);
    state_->records.push_back(record);
    state_->changed.notify_all();
  }
  void ChunksRelayed(uint64_t) override {}
  bool waiting() const override { return false; }
  void Flush() override {}

 private:
  std::shared_ptr<State> state_;
};

std::unique_ptr<record::Recorder> RecordLog::MakeRecorder() {
  return std::make_unique<Sink>(state_);
}

std::optional<model::RequestRecord> RecordLog::Wait(std::chrono::milliseconds bound) {
  std::unique_lock lock(state_->mutex);
  if (!state_->changed.wait_for(lock, bound,
                                [&] { return state_->records.size() > state_->taken; }))
    return std::nullopt;
  return state_->records[state_->taken++];
}

GatewayTest::GatewayTest() {
  options_.listen = "127.0.0.1:0";
  options_.workers = 1;
  options_.body_limits.temp_dir = temp_.path().string();
  AddRoute("default", "/v1");
  AddKey("key_test", kKey);
}

settings::UpstreamSettings& GatewayTest::AddUpstream(const std::string& name,
                                                     const FakeUpstream& fake) {
  auto upstream = std::make_unique<settings::UpstreamSettings>();
  upstream->name = name;
  upstream->endpoint = {false, "127.0.0.1", static_cast<uint16_t>(fake.port()), fake.address(),
                        "/v1"};
  upstream->credentials.push_back({"cred", SecretString("sk-upstream-" + name)});
  upstream->retries = 0;
  // What a test makes fail is tried as often as the test says.
  upstream->health.passive = false;
  upstream->pool_key = fake.address();
  upstreams_.push_back(std::move(upstream));
  return *upstreams_.back();
}

void GatewayTest::RemoveUpstream(const std::string& name) {
  std::erase_if(upstreams_, [&](const auto& upstream) { return upstream->name == name; });
}

settings::UpstreamSettings& GatewayTest::AddMock(const std::string& name) {
  auto upstream = std::make_unique<settings::UpstreamSettings>();
  upstream->name = name;
  upstream->kind = settings::UpstreamKind::kMock;
  upstream->mock.reply = "one two three";
  upstream->mock.chunk_interval = std::chrono::milliseconds(1);
  upstreams_.push_back(std::move(upstream));
  return *upstreams_.back();
}

settings::RouteDefinition& GatewayTest::AddRoute(const std::string& name,
                                                 const std::string& prefix) {
  settings::RouteDefinition route;
  route.name = name;
  route.prefix = prefix;
  route.retry_on.connect = route.retry_on.timeout = route.retry_on.reset = true;
  for (const size_t status : {401, 403, 429}) route.retry_on.status.set(status);
  for (size_t status = 500; status < 600; ++status) route.retry_on.status.set(status);
  routes_.push_back(std::move(route));
  return routes_.back();
}

GatewayTest::Key& GatewayTest::AddKey(const std::string& id, const std::string& token) {
  keys_.push_back(std::make_unique<Key>());
  keys_.back()->id = id;
  keys_.back()->token = token;
  return *keys_.back();
}

void GatewayTest::AddLevel(const std::string& name, std::vector<std::string> models) {
  levels_.push_back({name, std::move(models)});
}

settings::SettingsPtr GatewayTest::Build() {
  const std::string hash_key(32, 'k');
  settings::SettingsBuilder hasher(0, hash_key);
  const settings::SettingsPtr hash = hasher.Build();
  settings::SettingsBuilder builder(++revision_, hash_key);
  for (const auto& upstream : upstreams_) builder.AddUpstream(*upstream);
  for (const auto& route : routes_) builder.AddRoute(route);
  for (const auto& level : levels_) builder.AddLevel(level);
  for (const auto& key : keys_) {
    settings::KeyDefinition definition;
    definition.id = key->id;
    definition.name = key->id;
    definition.hash = hash->HashToken(key->token);
    definition.disabled = key->disabled;
    definition.expires_at = key->expires_at;
    definition.models = key->models;
    definition.routes.assign(key->routes.begin(), key->routes.end());
    definition.upstreams.assign(key->upstreams.begin(), key->upstreams.end());
    definition.log_policy = key->log_policy;
    definition.addresses = key->addresses;
    definition.levels.assign(key->levels.begin(), key->levels.end());
    builder.AddKey(definition);
  }
  return builder.Build();
}

void GatewayTest::Start() { StartWith(Build()); }

void GatewayTest::StartWithoutSettings() { StartWith(nullptr); }

void GatewayTest::StartWith(settings::SettingsPtr initial) {
  auto started = accept::Gateway::Start(options_, std::move(initial),
                                        [this](unsigned) { return records.MakeRecorder(); });
  ASSERT_TRUE(started.has_value()) << started.error().Describe();
  gateway_ = std::move(*started);
}

void GatewayTest::Apply() { gateway_->Apply(Build()); }

HttpAnswer GatewayTest::Chat(const std::string& body, const std::string& token) {
  return PostJson(address(), "/v1/chat/completions", body, token);
}

Connection GatewayTest::Connect() { return ConnectTo(address()); }

Connection GatewayTest::OpenStream(const std::string& body) {
  Connection connection = Connect();
  EXPECT_TRUE(connection.Write(Print({.method = "POST",
                                      .target = "/v1/chat/completions",
                                      .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                                  {"Content-Type", "application/json"}},
                                      .body = body})));
  return connection;
}

std::string ErrorField(const std::string& body, const std::string& field) {
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (parsed.is_discarded() || !parsed.contains("error") || !parsed["error"].contains(field))
    return {};
  const auto& value = parsed["error"][field];
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace llmgw::test
