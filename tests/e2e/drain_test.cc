// Stopping is draining: what has begun is finished, what is new is refused, then the program ends
// cleanly.
#include <gtest/gtest.h>
#include <csignal>

#include "tests/e2e/gateway_stack.h"

namespace llmgw::test {
namespace {

class Drain : public testing::Test {
 protected:
  Drain() {
    stack_.StartControlplane();
    stack_.StartDataplane();
    stack_.AddUpstream("provider", upstream_);
    token_ = stack_.CreateKey("app");
  }
  ~Drain() override {
    if (HasFailure()) std::fputs(stack_.AllOutput().c_str(), stderr);
  }

  FakeUpstream upstream_;
  GatewayStack stack_;
  std::string token_;
};

TEST_F(Drain, ADataplaneFinishesItsStreamsBeforeItEnds) {
  Gate gate;
  upstream_.Next(StreamSse({R"({"choices":[]})", "[DONE]"}, gate));
  Connection client = stack_.StartStream(token_);
  gate.Release();
  ASSERT_FALSE(client.TakeThrough("\n\n").empty());
  stack_.dataplane().Signal(SIGTERM);
  EXPECT_TRUE(WaitFor([&] { return !CanConnect(stack_.gateway()); }));
  EXPECT_TRUE(stack_.dataplane().Running());
  gate.Open();
  EXPECT_FALSE(client.TakeThrough("data: [DONE]\n\n").empty());
  const auto exit = stack_.dataplane().WaitForExit();
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->Clean()) << stack_.dataplane().output();
}

TEST_F(Drain, AnIdleDataplaneEndsAtOnce) {
  Connection idle = ConnectTo(stack_.gateway());
  EXPECT_EQ(
      Exchange(idle, {.method = "GET", .target = "/healthz", .headers = {}, .body = {}}).status,
      200);
  stack_.dataplane().Signal(SIGINT);
  const auto exit = stack_.dataplane().WaitForExit();
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->Clean()) << stack_.dataplane().output();
  EXPECT_TRUE(idle.WaitForClose());
}

TEST_F(Drain, AControlplaneEndsCleanlyWithDataplanesConnected) {
  stack_.controlplane().Signal(SIGTERM);
  const auto exit = stack_.controlplane().WaitForExit();
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->Clean()) << stack_.controlplane().output();
  EXPECT_EQ(stack_.Chat(token_).status, 200);
}

}  // namespace
}  // namespace llmgw::test
