// Where the gateway listens, and what it says when it can't.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class ListenTest : public GatewayTest {
 protected:
  // The error of starting there; "" when it starts.
  static std::string Refusal(const std::string& listen) {
    accept::GatewayOptions options;
    options.listen = listen;
    options.workers = 1;
    RecordLog log;
    auto started =
        accept::Gateway::Start(options, nullptr, [&log](unsigned) { return log.MakeRecorder(); });
    if (started) return "";
    EXPECT_EQ(started.error().field, "listen");
    return started.error().message;
  }
};

TEST_F(ListenTest, RefusesWhatIsNoAddressAndPort) {
  for (const char* listen : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:80x",
                             "127.0.0.1:65536", "127.0.0.1:-1", "gateway.test:80", "1.2.3:80"}) {
    EXPECT_NE(Refusal(listen), "") << listen;
  }
}

TEST_F(ListenTest, AcceptsTheUsualWaysToWriteIt) {
  for (const char* listen : {"127.0.0.1:0", "localhost:0", ":0", "*:0", "0.0.0.0:0"}) {
    EXPECT_EQ(Refusal(listen), "") << listen;
  }
}

TEST_F(ListenTest, DoesNotShareAPortWithAnotherGateway) {
  Start();
  EXPECT_NE(Refusal(address()), "");
}

TEST_F(ListenTest, SeveralWorkersShareOnePort) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  options().workers = 3;
  Start();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 0; }));
}

TEST_F(ListenTest, WithoutConfigurationEveryRequestIsToldSo) {
  accept::GatewayOptions bare;
  bare.listen = "127.0.0.1:0";
  bare.workers = 1;
  auto started =
      accept::Gateway::Start(bare, nullptr, [this](unsigned) { return records.MakeRecorder(); });
  ASSERT_TRUE(started.has_value());
  const HttpAnswer answer = Get((*started)->address(), "/v1/models", {{"Authorization", kKey}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "no_config");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
  EXPECT_EQ(answer.Header("retry-after"), "5");
  EXPECT_EQ(Get((*started)->address(), "/healthz").status, 200);
}

TEST_F(ListenTest, AnIpv6ListenerTakesIpv4ClientsAndNamesThemSo) {
  options().listen = "[::]:0";
  if (!Refusal(options().listen).empty()) GTEST_SKIP() << "no IPv6 here";
  Start();
  EXPECT_EQ(Get(address(), "/nowhere").status, 404);
  EXPECT_EQ(records.Wait()->client_address, "127.0.0.1");
}

}  // namespace
}  // namespace llmgw::test
