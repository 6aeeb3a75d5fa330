#include "dataplane/app/dataplane_app.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <memory>

#include "common/crypto/digest.h"
#include "tests/support/connection.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_ca.h"
#include "tests/support/wait.h"
#include "tests/unit/dataplane_app/fake_controlplane.h"

namespace llmgw::app {
namespace {

constexpr char kToken[] = "dataplane-token-0123456789";
constexpr char kKey[] = "sk-alice-0123456789";
constexpr char kChat[] = R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})";

config::v1::Snapshot MockConfig(const std::string& reply) {
  config::v1::Snapshot snapshot;
  snapshot.set_store_id("store");
  snapshot.set_client_key_hash_key(std::string(32, 'k'));
  auto& upstream = *snapshot.add_resources()->mutable_upstream();
  upstream.set_name("mock");
  upstream.set_kind("mock");
  upstream.mutable_mock()->set_reply(reply);
  auto& route = *snapshot.add_resources()->mutable_route();
  route.set_name("default");
  route.set_prefix("/v1");
  auto& key = *snapshot.add_resources()->mutable_client_key();
  key.set_id("key_0123456789abcdef");
  key.set_name("alice");
  const auto hash = crypto::HmacSha256(snapshot.client_key_hash_key(), kKey);
  key.set_hash(hash.data(), hash.size());
  return snapshot;
}

class DataplaneAppTest : public testing::Test {
 protected:
  DataplaneOptions Options() {
    DataplaneOptions options;
    options.data_dir = folder_.Path("data");
    options.listen = {"127.0.0.1", 0};
    options.ops_listen = {"127.0.0.1", 0};
    options.workers = 2;
    options.drain_timeout = std::chrono::seconds(20);
    options.report_grace = std::chrono::milliseconds(10);
    return options;
  }
  DataplaneOptions WithSnapshot() {
    DataplaneOptions options = Options();
    options.snapshot = folder_.Write(
        "gw.yaml", std::string("upstreams: [{name: mock, kind: mock, mock: {reply: one}}]\n"
                               "keys: [{name: alice, token: ") +
                       kKey + "}]\n");
    return options;
  }
  DataplaneOptions WithControlplane(const std::string& address) {
    DataplaneOptions options = Options();
    options.controlplane = address;
    options.token_file = folder_.Path("token");
    folder_.Write("token", std::string(kToken) + "\n");
    return options;
  }

  std::unique_ptr<DataplaneApp> Start(const DataplaneOptions& options) {
    for (const Error& fault : Check(options)) ADD_FAILURE() << fault.Describe();
    auto app = DataplaneApp::Start(options);
    if (!app) ADD_FAILURE() << app.error().Describe();
    return app ? std::move(*app) : nullptr;
  }

  test::HttpAnswer Chat(const DataplaneApp& app) {
    return test::PostJson(app.http_address(), "/v1/chat/completions", kChat, kKey);
  }
  std::string Ops(const DataplaneApp& app, const std::string& path) {
    return test::Get(app.ops_address(), path).body;
  }

  test::TempDir folder_;
};

TEST_F(DataplaneAppTest, ServesFromASnapshotFileWithoutAControlplane) {
  auto app = Start(WithSnapshot());
  ASSERT_NE(app, nullptr);
  const test::HttpAnswer answer = Chat(*app);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("one"), std::string::npos) << answer.body;
  EXPECT_EQ(test::Get(app->ops_address(), "/readyz").status, 200);
  EXPECT_NE(Ops(*app, "/metrics")
                .find("llmgw_requests_total{route=\"default\",upstream=\"mock\","
                      "model=\"gpt-4o\",status=\"200\",fault=\"none\"} 1"),
            std::string::npos);
  EXPECT_NE(Ops(*app, "/config").find("\"source\": \"snapshot-file\""), std::string::npos);
}

TEST_F(DataplaneAppTest, SpeaksTlsWithClientsAndTakesNewCertificatesWhileItRuns) {
  std::signal(SIGPIPE, SIG_IGN);  // of the test's own end
  const test::TestCa ca;
  const auto install = [&](const std::string& name) {
    const auto made = ca.IssueFor(name, "DNS:" + name + ".test");
    folder_.Write("tls.crt", test::ReadFile(made.certificate));
    folder_.Write("tls.key", test::ReadFile(made.key));
  };
  install("old");
  DataplaneOptions options = WithSnapshot();
  options.tls.certificates = {folder_.Path("tls.crt")};
  options.tls.keys = {folder_.Path("tls.key")};
  auto app = Start(options);
  ASSERT_NE(app, nullptr);
  const auto context = test::ClientContext(ca.ca_file());
  const auto status_as = [&](const std::string& name) {
    test::Connection client = test::ConnectTo(app->http_address());
    if (!client.StartTlsClient(context.get(), name)) return 0;
    const test::HttpRequest request{.method = "POST",
                                    .target = "/v1/chat/completions",
                                    .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                                    .body = kChat};
    return test::Exchange(client, request).status;
  };
  EXPECT_EQ(status_as("old.test"), 200);
  EXPECT_EQ(status_as("new.test"), 0);
  EXPECT_EQ(test::Get(app->ops_address(), "/readyz").status, 200);
  EXPECT_NE(Ops(*app, "/config").find("\"tls-client-auth\": \"off\""), std::string::npos);
  install("new");
  ASSERT_TRUE(test::WaitFor([&] {
    return Ops(*app, "/metrics")
               .find("llmgw_tls_certificate_reloads_total{result=\"applied\"} 1") !=
           std::string::npos;
  }));
  EXPECT_EQ(status_as("new.test"), 200);
  EXPECT_NE(Ops(*app, "/metrics").find("llmgw_tls_handshakes_total{result=\"full\"}"),
            std::string::npos);
}

TEST_F(DataplaneAppTest, MetricsSayHowFullItIsAndWhatItRefused) {
  DataplaneOptions options = WithSnapshot();
  options.max_connections = 77;
  options.gateway.max_spooled_bytes = 1ULL << 30;
  options.gateway.head_limits.max_head_bytes = 1024;
  options.gateway.head_limits.max_target_bytes = 512;
  auto app = Start(options);
  ASSERT_NE(app, nullptr);
  test::Connection idle = test::ConnectTo(app->http_address());
  EXPECT_EQ(test::Get(app->http_address(), "/v1/x", {{"X-Wide", std::string(2000, 'x')}}).status,
            431);
  ASSERT_TRUE(test::WaitFor([&] {
    return Ops(*app, "/metrics").find("\nllmgw_connections_open 1\n") != std::string::npos;
  }));
  const std::string metrics = Ops(*app, "/metrics");
  for (const char* line :
       {"llmgw_connections_limit 77", "llmgw_requests_in_flight_limit +Inf",
        "llmgw_buffered_bytes{kind=\"memory\"} 0", "llmgw_buffered_bytes{kind=\"file\"} 0",
        "llmgw_buffered_bytes_limit{kind=\"file\"} 1073741824",
        "llmgw_refused_total{limit=\"connections\"} 0",
        "llmgw_refused_total{limit=\"in_flight\"} 0",
        "llmgw_refused_total{limit=\"buffered_bytes\"} 0",
        "llmgw_refused_total{limit=\"head_size\"} 1", "llmgw_refused_total{limit=\"body_size\"} 0",
        "llmgw_refused_total{limit=\"descriptors\"} 0",
        "llmgw_client_timeouts_total{kind=\"head\"} 0",
        "llmgw_client_timeouts_total{kind=\"body\"} 0",
        "llmgw_client_timeouts_total{kind=\"keep_alive\"} 0",
        "llmgw_client_timeouts_total{kind=\"write\"} 0", "llmgw_accept_pauses_total 0"}) {
    EXPECT_NE(metrics.find(std::string("\n") + line + "\n"), std::string::npos) << line;
  }
}

TEST_F(DataplaneAppTest, WritesItsAddressesForAsLongAsItServes) {
  auto app = Start(WithSnapshot());
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(test::ReadFile(folder_.Path("data/addresses.json")),
            "{\"http\":\"" + app->http_address() + "\",\"ops\":\"" + app->ops_address() + "\"}\n");
  app->Stop();
  EXPECT_EQ(test::ReadFile(folder_.Path("data/addresses.json")), "");
}

TEST_F(DataplaneAppTest, WithoutAConfigurationItListensAnswers503AndIsNotReady) {
  FakeControlplane controlplane(kToken);
  auto app = Start(WithControlplane(controlplane.address()));
  ASSERT_NE(app, nullptr);
  const test::HttpAnswer before = Chat(*app);
  EXPECT_EQ(before.status, 503);
  EXPECT_NE(before.body.find("no_config"), std::string::npos) << before.body;
  EXPECT_EQ(test::Get(app->ops_address(), "/readyz").status, 503);

  controlplane.Publish(7, MockConfig("two"));
  ASSERT_TRUE(controlplane.WaitForAck(7));
  // Acknowledged means that every worker serves with it.
  EXPECT_EQ(Chat(*app).status, 200);
  EXPECT_EQ(test::Get(app->ops_address(), "/readyz").status, 200);
  EXPECT_EQ(controlplane.hello().address(), app->http_address());
}

TEST_F(DataplaneAppTest, AChangeIsInForceWhenItIsAcknowledged) {
  FakeControlplane controlplane(kToken);
  controlplane.Publish(1, MockConfig("reply-1"));
  auto app = Start(WithControlplane(controlplane.address()));
  ASSERT_NE(app, nullptr);
  ASSERT_TRUE(controlplane.WaitForAck(1));
  for (uint64_t revision = 2; revision < 12; ++revision) {
    const std::string reply = "reply-" + std::to_string(revision);
    controlplane.Publish(revision, MockConfig(reply));
    ASSERT_TRUE(controlplane.WaitForAck(revision));
    EXPECT_NE(Chat(*app).body.find(reply), std::string::npos);
  }
}

TEST_F(DataplaneAppTest, StartsFromItsLastGoodConfigurationWithTheControlplaneAway) {
  auto controlplane = std::make_unique<FakeControlplane>(kToken);
  const DataplaneOptions options = WithControlplane(controlplane->address());
  controlplane->Publish(7, MockConfig("kept"));
  auto app = Start(options);
  ASSERT_NE(app, nullptr);
  ASSERT_TRUE(controlplane->WaitForAck(7));
  const std::string id = controlplane->hello().dataplane_id();
  app->Stop();
  app.reset();
  controlplane.reset();

  app = Start(options);
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(test::Get(app->ops_address(), "/readyz").status, 200);
  EXPECT_NE(Chat(*app).body.find("kept"), std::string::npos);
  const std::string config = Ops(*app, "/config");
  EXPECT_NE(config.find("\"source\": \"last-good\""), std::string::npos) << config;
  EXPECT_NE(config.find("\"id\": \"" + id + "\""), std::string::npos) << config;
  EXPECT_NE(Ops(*app, "/metrics").find("llmgw_config_revision 7"), std::string::npos);
}

TEST_F(DataplaneAppTest, RequestLogsReachTheControlplaneEvenAtTheEnd) {
  FakeControlplane controlplane(kToken);
  controlplane.Publish(1, MockConfig("x"));
  DataplaneOptions options = WithControlplane(controlplane.address());
  options.report_grace = test::kPatience;
  auto app = Start(options);
  ASSERT_NE(app, nullptr);
  ASSERT_TRUE(controlplane.WaitForAck(1));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Chat(*app).status, 200);
  app->Drain();
  app->Stop();
  const auto records = controlplane.records();
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].key_id(), "key_0123456789abcdef");
  EXPECT_EQ(records[0].model_asked(), "gpt-4o");
  EXPECT_EQ(records[0].dataplane_id(), controlplane.hello().dataplane_id());
  EXPECT_EQ(records[0].status(), 200);
}

TEST_F(DataplaneAppTest, AWrongTokenIsNoReasonToStop) {
  FakeControlplane controlplane("another-token-0123456789");
  auto app = Start(WithControlplane(controlplane.address()));
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(Chat(*app).status, 503);
  EXPECT_NE(Ops(*app, "/metrics").find("llmgw_config_connected 0"), std::string::npos);
}

TEST_F(DataplaneAppTest, DrainingIsNotReady) {
  auto app = Start(WithSnapshot());
  ASSERT_NE(app, nullptr);
  app->Drain();
  EXPECT_NE(Ops(*app, "/readyz").find("draining"), std::string::npos);
  EXPECT_EQ(Chat(*app).status, 0);
}

TEST_F(DataplaneAppTest, TwoCannotShareADataFolder) {
  auto first = Start(WithSnapshot());
  ASSERT_NE(first, nullptr);
  const auto second = DataplaneApp::Start(WithSnapshot());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().field, "data-dir");
}

TEST_F(DataplaneAppTest, AFailedStartNamesTheOptionAndLeavesNothingBehind) {
  auto first = Start(WithSnapshot());
  ASSERT_NE(first, nullptr);
  DataplaneOptions taken = WithSnapshot();
  taken.data_dir = folder_.Path("data2");
  taken.ops_listen.port = static_cast<uint16_t>(
      std::stoi(first->ops_address().substr(first->ops_address().rfind(':') + 1)));
  const auto second = DataplaneApp::Start(taken);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().field, "ops-listen");
  EXPECT_EQ(Chat(*first).status, 200);
}

TEST_F(DataplaneAppTest, ATokenFileThatOthersCanReadIsRefused) {
  DataplaneOptions options = WithControlplane("127.0.0.1:1");
  chmod(options.token_file.c_str(), 0644);
  const auto app = DataplaneApp::Start(options);
  ASSERT_FALSE(app);
  EXPECT_EQ(app.error().field, "token-file");
}

}  // namespace
}  // namespace llmgw::app
