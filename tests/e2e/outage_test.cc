// What is killed or away costs nothing that does not need it, and comes back by itself.
#include <gtest/gtest.h>
#include <csignal>

#include "tests/e2e/stores.h"

namespace llmgw::test {
namespace {

class Outage : public OverStores {
 protected:
  Outage() {
    upstream_.Always(AnswerJson(200, "{}"));
    stack().StartControlplane();
    stack().StartDataplane();
    stack().AddUpstream("provider", upstream_);
    token_ = stack().CreateKey("app");
  }

  FakeUpstream upstream_;
  std::string token_;
};

TEST_P(Outage, TrafficGoesOnWithTheControlplaneKilledAndItsReturnIsNoticed) {
  ASSERT_EQ(stack().Chat(token_).status, 200);
  stack().KillControlplane();
  EXPECT_EQ(stack().Chat(token_).status, 200);
  EXPECT_EQ(Get(stack().dataplane_ops(), "/readyz").status, 200);
  stack().StartControlplane();
  ASSERT_TRUE(stack().WaitForDataplanes(1));
  stack().Llmctl({"key", "revoke", "app", "--wait"});
  EXPECT_EQ(stack().Chat(token_).status, 401);
}

TEST_P(Outage, ADataplaneStartsFromItsLastGoodConfigWithTheControlplaneAway) {
  ASSERT_EQ(stack().Chat(token_).status, 200);
  stack().KillDataplane();
  stack().KillControlplane();
  stack().StartDataplane();
  EXPECT_EQ(stack().Chat(token_).status, 200);
}

TEST_P(Outage, AKilledControlplaneForgetsNothingItConfirmed) {
  stack().Llmctl({"key", "create", "confirmed"});
  stack().KillControlplane();
  stack().StartControlplane();
  EXPECT_NE(stack().Llmctl({"key", "list"}).find("confirmed"), std::string::npos);
}

TEST_P(Outage, AKilledDataplaneEndsItsStreamsOnBothSidesAndServesAgain) {
  Gate gate;
  upstream_.Next(StreamSse({R"({"choices":[]})", R"({"choices":[]})"}, gate));
  Connection client = stack().StartStream(token_);
  gate.Release();
  ASSERT_FALSE(client.TakeThrough("\n\n").empty());
  stack().KillDataplane();
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_TRUE(upstream_.WaitForClientGone());
  stack().StartDataplane();
  EXPECT_EQ(stack().Chat(token_).status, 200);
}

INSTANTIATE_OVER_STORES(Outage);

TEST(DatabaseOutage, AdministrationFailsClearlyTrafficGoesOnAndAllRecovers) {
  PostgresServer database;
  GatewayStack stack(database.url());
  FakeUpstream upstream;
  upstream.Always(AnswerJson(200, "{}"));
  stack.StartControlplane();
  stack.StartDataplane();
  stack.AddUpstream("provider", upstream);
  const std::string token = stack.CreateKey("app");
  database.Stop();

  const Finished refused = stack.TryLlmctl({"key", "create", "during"});
  EXPECT_EQ(refused.exit.status, 6) << refused.output;  // "unavailable"
  EXPECT_EQ(refused.output.find(PostgresServer::password()), std::string::npos);
  EXPECT_EQ(stack.Chat(token).status, 200);
  EXPECT_TRUE(stack.controlplane().Running());

  database.Start();
  EXPECT_TRUE(WaitFor([&] {
    return stack.TryLlmctl({"key", "create", "after"}).exit.Clean();
  })) << stack.controlplane().output();
  EXPECT_EQ(stack.Chat(token).status, 200);
}

TEST(DatabaseSetBack, ChangesGoOnReachingDataplanes) {
  PostgresServer database;
  GatewayStack stack(database.url());
  FakeUpstream upstream;
  upstream.Always(AnswerJson(200, "{}"));
  stack.StartControlplane();
  stack.StartDataplane();
  stack.AddUpstream("provider", upstream);
  const std::string in_backup = stack.CreateKey("in-backup");
  const std::string revision =
      std::to_string(std::stoul(database.Sql("SELECT revision FROM config_revision")));
  for (const char* lost : {"lost-1", "lost-2"}) stack.CreateKey(lost);
  const std::string lost = stack.CreateKey("lost-3");
  ASSERT_EQ(stack.Chat(in_backup).status, 200);
  ASSERT_EQ(stack.Chat(lost).status, 200);

  database.Sql("DELETE FROM config_resources WHERE revision > " + revision +
               "; DELETE FROM config_audit WHERE revision > " + revision +
               "; UPDATE config_revision SET revision = " + revision);
  const std::string said = stack.Llmctl({"key", "revoke", "in-backup"});
  EXPECT_NE(said.find("live in 1 dataplane"), std::string::npos) << said;
  EXPECT_EQ(stack.Chat(in_backup).status, 401);
  EXPECT_EQ(stack.Chat(lost).status, 401);
}

}  // namespace
}  // namespace llmgw::test
