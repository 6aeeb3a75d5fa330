#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::CreateRouteRequest;
using admin::v1::RouteEntry;
using admin::v1::UpdateRouteRequest;

class RouteTest : public CliTest {
 protected:
  RouteTest() {
    server.create_route.Answers([](const CreateRouteRequest& q, RouteEntry* a) {
      *a->mutable_route() = q.route();
      return grpc::Status::OK;
    });
    server.update_route.Answers([](const UpdateRouteRequest& q, RouteEntry* a) {
      *a->mutable_route() = q.route();
      return grpc::Status::OK;
    });
    RouteEntry stored;
    stored.mutable_meta()->set_revision(3);
    stored.mutable_route()->set_name("default");
    stored.mutable_route()->set_prefix("/v1");
    stored.mutable_route()->add_retry_on("5xx");
    server.get_route.Answers(stored);
    admin::v1::ListRoutesResponse list;
    *list.add_routes() = stored;
    server.list_routes.Answers(list);
  }
};

TEST_F(RouteTest, AddSendsTheRoute) {
  ASSERT_EQ(
      Run({"route", "add", "chat", "--prefix", "/v1/chat", "--upstream", "a", "--no-wait"}).code,
      ExitCode::kOk);
  EXPECT_EQ(server.create_route.last().route().name(), "chat");
  EXPECT_EQ(server.create_route.last().route().prefix(), "/v1/chat");
  EXPECT_EQ(server.create_route.last().route().upstreams(0), "a");
}

TEST_F(RouteTest, SetKeepsWhatIsNotNamed) {
  ASSERT_EQ(Run({"route", "set", "default", "--auth", "none", "--no-wait"}).code, ExitCode::kOk);
  const auto sent = server.update_route.last();
  EXPECT_EQ(sent.expected_revision(), 3u);
  EXPECT_EQ(sent.route().prefix(), "/v1");
  EXPECT_EQ(sent.route().retry_on(0), "5xx");
  EXPECT_EQ(sent.route().auth(), "none");
}

TEST_F(RouteTest, SetSaysHowToChoose) {
  ASSERT_EQ(Run({"route", "set", "default", "--policy", "weighted", "--weight", "a=3", "--weight",
                 "b=0", "--retry-budget", "50", "--retry-min", "2", "--no-wait"})
                .code,
            ExitCode::kOk);
  const auto sent = server.update_route.last().route();
  EXPECT_EQ(sent.policy(), "weighted");
  EXPECT_EQ(sent.weights().at("a"), 3u);
  EXPECT_EQ(sent.weights().at("b"), 0u);
  EXPECT_EQ(sent.retry_budget().percent(), 50u);
  EXPECT_EQ(sent.retry_budget().min_per_second(), 2u);
  ASSERT_EQ(
      Run({"route", "set", "default", "--policy", "sticky", "--sticky-on", "prompt", "--no-wait"})
          .code,
      ExitCode::kOk);
  EXPECT_EQ(server.update_route.last().route().sticky_on(), "prompt");
}

TEST_F(RouteTest, ShowSaysHowItChooses) {
  std::string out = Run({"route", "show", "default"}).out;
  EXPECT_NE(out.find("order (default)"), std::string::npos) << out;
  EXPECT_NE(out.find("20 % of the requests, at least 10/s (default)"), std::string::npos) << out;
  RouteEntry stored;
  stored.mutable_route()->set_name("default");
  stored.mutable_route()->set_policy("round-robin");
  (*stored.mutable_route()->mutable_weights())["b"] = 2;
  (*stored.mutable_route()->mutable_weights())["a"] = 1;
  stored.mutable_route()->mutable_retry_budget()->set_percent(100);
  server.get_route.Answers(stored);
  out = Run({"route", "show", "default"}).out;
  EXPECT_NE(out.find("round-robin (a 1, b 2)"), std::string::npos) << out;
  EXPECT_NE(out.find("not bounded"), std::string::npos) << out;
}

TEST_F(RouteTest, SetTakesWhatShowPrints) {
  input = Run({"route", "show", "default", "-o", "json"}).out;
  ASSERT_EQ(Run({"route", "set", "default", "-f", "-", "--clear", "retry_on", "--no-wait"}).code,
            ExitCode::kOk);
  EXPECT_EQ(server.update_route.last().route().retry_on_size(), 0);
  EXPECT_EQ(server.update_route.last().expected_revision(), 3u);
}

TEST_F(RouteTest, ListSaysWhatEmptyFieldsMean) {
  const std::string out = Run({"route", "list"}).out;
  EXPECT_NE(out.find("default  /v1     any   all        keys  metadata"), std::string::npos) << out;
  const auto document = nlohmann::json::parse(Run({"route", "list", "-o", "json"}).out);
  EXPECT_EQ(document["routes"][0]["route"]["prefix"], "/v1");
}

TEST_F(RouteTest, RemoveOfAUsedRouteIsAConflict) {
  server.delete_route.Fails(grpc::StatusCode::FAILED_PRECONDITION, "key app names it");
  EXPECT_EQ(Run({"route", "remove", "default"}).code, ExitCode::kConflict);
}

}  // namespace
}  // namespace llmgw::admin_cli
