#include <gtest/gtest.h>

#include "tests/integration/controlplane/controlplane_fixture.h"
#include "tests/integration/controlplane/test_dataplane.h"

namespace llmgw::controlplane {
namespace {

using admin::v1::GetUpstreamHealthResponse;
using Upstreams = admin::v1::UpstreamService::Stub;

class UpstreamHealthTest : public ControlplaneFixture {
 protected:
  std::unique_ptr<TestDataplane> Connect(const std::string& id) {
    return std::make_unique<TestDataplane>(Channel(DataplaneToken()), id);
  }
  Result<GetUpstreamHealthResponse> GetHealth(const std::string& name = "") {
    admin::v1::GetUpstreamHealthRequest request;
    request.set_name(name);
    return Call(*upstreams_, &Upstreams::GetUpstreamHealth, request);
  }
  bool BecomesTrue(const std::function<bool(const GetUpstreamHealthResponse&)>& condition) {
    return test::WaitFor([&] {
      auto health = GetHealth();
      return health && condition(*health);
    });
  }
  static void Report(TestDataplane& dataplane, const std::vector<std::string>& ejected) {
    config::v1::DataplaneMessage message;
    message.mutable_health();
    for (const std::string& name : ejected) {
      auto& entry = *message.mutable_health()->add_upstreams();
      entry.set_upstream(name);
      entry.set_state("ejected");
      entry.set_cause("status 503");
    }
    dataplane.Send(message);
  }
};

TEST_F(UpstreamHealthTest, ConnectedDataplanesAreShownWithWhatTheySaidLast) {
  auto one = Connect("dp-1");
  auto two = Connect("dp-2");
  EXPECT_TRUE(BecomesTrue([](const auto& health) { return health.dataplanes_size() == 2; }));
  Report(*one, {"openai", "azure"});
  Report(*two, {"openai"});
  EXPECT_TRUE(BecomesTrue([](const auto& health) {
    return health.dataplanes(0).upstreams_size() == 2 && health.dataplanes(1).upstreams_size() == 1;
  }));
  const auto health = GetHealth().value();
  EXPECT_EQ(health.dataplanes(0).dataplane_id(), "dp-1");
  EXPECT_GT(health.dataplanes(0).reported_at().seconds(), 0);
  EXPECT_EQ(health.dataplanes(0).upstreams(0).upstream(), "openai");
  EXPECT_EQ(health.dataplanes(0).upstreams(0).state(), "ejected");
  EXPECT_EQ(health.dataplanes(0).upstreams(0).cause(), "status 503");

  Report(*one, {});
  EXPECT_TRUE(BecomesTrue([](const auto& now) { return now.dataplanes(0).upstreams_size() == 0; }));
  two->Leave();
  EXPECT_TRUE(BecomesTrue([](const auto& now) { return now.dataplanes_size() == 1; }));
}

TEST_F(UpstreamHealthTest, ANameShowsThatUpstreamOnly) {
  ASSERT_TRUE(CreateUpstream("openai"));
  auto dataplane = Connect("dp-1");
  Report(*dataplane, {"azure", "openai"});
  EXPECT_TRUE(BecomesTrue([](const auto& health) {
    return health.dataplanes_size() == 1 && health.dataplanes(0).upstreams_size() == 2;
  }));
  const auto health = GetHealth("openai").value();
  ASSERT_EQ(health.dataplanes(0).upstreams_size(), 1);
  EXPECT_EQ(health.dataplanes(0).upstreams(0).upstream(), "openai");
  EXPECT_EQ(GetHealth("openia").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace llmgw::controlplane
