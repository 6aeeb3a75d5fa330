#include "common/daemon/ops_server.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "common/observe/log.h"

namespace llmgw::daemon {
namespace {

class OpsServerTest : public testing::Test {
 protected:
  OpsServerTest() {
    OpsContent content;
    content.not_ready = [this] { return reasons_; };
    content.config_json = [] { return std::string(R"({"listen":"x"})"); };
    auto registry = std::make_shared<prometheus::Registry>();
    prometheus::BuildCounter().Name("llmgw_test_total").Register(*registry).Add({}).Increment(3);
    content.metrics = {registry};
    server_ = std::move(OpsServer::Start({"127.0.0.1", 0}, std::move(content)).value());
    client_ = std::make_unique<httplib::Client>("127.0.0.1", server_->address().port);
  }

  std::vector<std::string> reasons_;
  std::unique_ptr<OpsServer> server_;
  std::unique_ptr<httplib::Client> client_;
};

TEST_F(OpsServerTest, ReadinessGivesItsReasons) {
  EXPECT_EQ(client_->Get("/livez")->status, 200);
  EXPECT_EQ(client_->Get("/readyz")->status, 200);
  reasons_ = {"the store is away"};
  auto answer = client_->Get("/readyz");
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "{\"ready\":false,\"reasons\":[\"the store is away\"]}\n");
  EXPECT_EQ(client_->Get("/livez")->status, 200);
}

TEST_F(OpsServerTest, ShowsMetricsAndConfig) {
  EXPECT_NE(client_->Get("/metrics")->body.find("llmgw_test_total 3"), std::string::npos);
  EXPECT_EQ(client_->Get("/config")->body, R"({"listen":"x"})");
}

TEST_F(OpsServerTest, ChangesTheLogLevel) {
  ASSERT_TRUE(observe::SetUpLog({}));
  auto changed = client_->Put("/log-level", "debug\n", "text/plain");
  EXPECT_EQ(changed->status, 200);
  EXPECT_EQ(client_->Get("/log-level")->body, "{\"level\":\"debug\"}\n");
  EXPECT_EQ(client_->Put("/log-level", "loud", "text/plain")->status, 400);
  EXPECT_EQ(observe::LogLevel(), "debug");
}

TEST_F(OpsServerTest, RefusesAnAddressThatIsTaken) {
  auto second = OpsServer::Start(server_->address(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace llmgw::daemon
