#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/unit/admin_cli/cli_fixture.h"

// What every change does last: wait until it is live, and say so.
namespace llmgw::admin_cli {
namespace {

using admin::v1::WaitForRolloutRequest;
using admin::v1::WaitForRolloutResponse;
using testing::HasSubstr;

class RolloutTest : public CliTest {
 protected:
  RolloutTest() {
    admin::v1::UpstreamEntry entry;
    entry.mutable_meta()->set_revision(12);
    entry.mutable_upstream()->set_name("mock");
    server.create_upstream.Answers(entry);
  }

  Seen Change(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"upstream", "add", "mock"});
    return Run(more);
  }
};

TEST_F(RolloutTest, WithoutAnyDataplaneSucceedsAndSaysSoOnce) {
  WaitForRolloutResponse nobody;
  nobody.set_complete(true);
  server.wait_for_rollout.Answers(nobody);
  const Seen seen = Change();
  EXPECT_EQ(seen.code, ExitCode::kOk);
  EXPECT_EQ(seen.out, "upstream mock added (revision 12)\n");
  EXPECT_THAT(seen.err, HasSubstr("no dataplane is connected"));
  EXPECT_EQ(std::count(seen.err.begin(), seen.err.end(), '\n'), 1);
  EXPECT_EQ(Change({"-q"}).err, "");
}

TEST_F(RolloutTest, NamesTheDataplaneThatRefusedWithReasonAndField) {
  WaitForRolloutResponse refused;
  refused.set_connected(2);
  auto& d = *refused.add_lagging();
  d.set_id("dp-2");
  d.set_nacked_revision(12);
  d.set_nack_reason("unknown kind");
  d.set_nack_field("upstreams[mock].kind");
  server.wait_for_rollout.Answers(refused);
  const Seen seen = Change();
  EXPECT_EQ(seen.code, ExitCode::kNotLive);
  EXPECT_THAT(seen.err, HasSubstr("dataplane dp-2 refused revision 12: upstreams[mock].kind: "
                                  "unknown kind"));
}

TEST_F(RolloutTest, NamesTheDataplaneThatLags) {
  WaitForRolloutResponse slow;
  slow.set_connected(1);
  auto& d = *slow.add_lagging();
  d.set_id("dp-1");
  d.set_acked_revision(11);
  server.wait_for_rollout.Answers(slow);
  const Seen seen = Change({"--wait-timeout", "250ms", "-o", "json"});
  EXPECT_EQ(seen.code, ExitCode::kNotLive);
  EXPECT_THAT(seen.err, HasSubstr("dp-1 has not acknowledged revision 12 within 250ms; it serves "
                                  "with revision 11"));
  EXPECT_EQ(server.wait_for_rollout.last().timeout().nanos(), 250'000'000);
  EXPECT_EQ(nlohmann::json::parse(seen.out)["rollout"]["lagging"][0]["id"], "dp-1");
}

TEST_F(RolloutTest, IsSkippedOnDemand) {
  EXPECT_EQ(Change({"--no-wait"}).code, ExitCode::kOk);
  EXPECT_EQ(server.wait_for_rollout.calls(), 0u);
}

TEST_F(RolloutTest, ThatCanNotBeSeenIsNoSuccess) {
  server.wait_for_rollout.Fails(grpc::StatusCode::UNAVAILABLE, "the store is away");
  const Seen seen = Change();
  EXPECT_EQ(seen.code, ExitCode::kNotLive);
  EXPECT_THAT(seen.err, HasSubstr("stored as revision 12"));
}

TEST_F(RolloutTest, IsLeftWithCtrlCAfterTheResultIsPrinted) {
  server.wait_for_rollout.Answers([this](const WaitForRolloutRequest&, WaitForRolloutResponse*) {
    EXPECT_TRUE(interrupts.Trigger());
    return grpc::Status::OK;
  });
  const Seen seen = Change();
  EXPECT_EQ(seen.code, ExitCode::kInterrupted);
  EXPECT_EQ(seen.out, "upstream mock added (revision 12)\n");
}

}  // namespace
}  // namespace llmgw::admin_cli
