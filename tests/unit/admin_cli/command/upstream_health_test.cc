#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::GetUpstreamHealthResponse;
using testing::HasSubstr;

GetUpstreamHealthResponse Healthy() {
  GetUpstreamHealthResponse response;
  response.add_dataplanes()->set_dataplane_id("dp-1");
  response.add_dataplanes()->set_dataplane_id("dp-2");
  return response;
}

GetUpstreamHealthResponse OneEjected() {
  GetUpstreamHealthResponse response = Healthy();
  auto& entry = *response.mutable_dataplanes(1)->add_upstreams();
  entry.set_upstream("openai");
  entry.set_model("gpt-4o");
  entry.set_state("ejected");
  entry.mutable_since()->set_seconds(1'700'000'000);
  entry.set_ejections(3);
  entry.set_cause("status 503");
  return response;
}

using UpstreamHealthTest = CliTest;

TEST_F(UpstreamHealthTest, SaysThatAllIsWell) {
  server.get_upstream_health.Answers(Healthy());
  const Seen seen = Run({"upstream", "health"});
  EXPECT_EQ(seen.code, ExitCode::kOk);
  EXPECT_THAT(seen.err, HasSubstr("every upstream is healthy for 2 dataplanes"));
}

TEST_F(UpstreamHealthTest, ShowsWhatIsLeftAloneAndExitsWithDegraded) {
  server.get_upstream_health.Answers(OneEjected());
  const Seen seen = Run({"upstream", "health", "openai"});
  EXPECT_EQ(seen.code, ExitCode::kDegraded);
  EXPECT_EQ(server.get_upstream_health.last().name(), "openai");
  for (const char* part : {"dp-2", "openai", "gpt-4o", "ejected", "3", "status 503"})
    EXPECT_THAT(seen.out, HasSubstr(part));
}

TEST_F(UpstreamHealthTest, JsonHasEveryDataplane) {
  server.get_upstream_health.Answers(OneEjected());
  const Seen seen = Run({"upstream", "health", "-o", "json"});
  EXPECT_EQ(seen.code, ExitCode::kDegraded);
  const auto document = nlohmann::json::parse(seen.out);
  ASSERT_EQ(document["dataplanes"].size(), 2U);
  EXPECT_EQ(document["dataplanes"][1]["upstreams"][0]["state"], "ejected");
}

TEST_F(UpstreamHealthTest, StatusNamesTheUpstreamsWithoutCallingThemFaults) {
  server.get_upstream_health.Answers(OneEjected());
  const Seen seen = Run({"status"});
  EXPECT_THAT(seen.out, HasSubstr("openai (llmctl upstream health)"));
}

}  // namespace
}  // namespace llmgw::admin_cli
