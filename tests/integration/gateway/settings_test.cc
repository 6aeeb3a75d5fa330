// New settings serve new requests; nothing that runs is disturbed.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using SettingsTest = GatewayTest;

TEST_F(SettingsTest, WithoutSettingsNothingIsServed) {
  options().workers = 2;
  StartWithoutSettings();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "no_config");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
  AddMock("mock");
  Apply();
  EXPECT_EQ(Chat().status, 200);
}

TEST_F(SettingsTest, AStreamGoesOnWhenItsUpstreamAndKeyAreRemoved) {
  FakeUpstream first;
  FakeUpstream second;
  AddUpstream("first", first);
  Key& key = AddKey("key_leaving", "leaving");
  Start();
  Gate gate;
  gate.Release();
  first.Next(StreamSse({"1", "2", "[DONE]"}, gate));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(
      Print({.method = "POST",
             .target = "/v1/chat/completions",
             .headers = {{"Authorization", "leaving"}, {"Content-Type", "application/json"}},
             .body = R"({"model":"m","stream":true})"})));
  ASSERT_NE(client.TakeThrough("data: 1\n\n"), "");

  RemoveUpstream("first");
  AddUpstream("second", second);
  key.disabled = true;
  Apply();

  const HttpAnswer refused = Chat(R"({"model":"m"})", "leaving");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(ErrorField(refused.body, "code"), "revoked_api_key");
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(second.requests().size(), 1U);
  EXPECT_EQ(first.requests().size(), 1U);

  gate.Open();
  EXPECT_NE(client.TakeThrough("data: [DONE]\n\n"), "");
  EXPECT_NE(client.TakeThrough("0\r\n\r\n"), "");
  // The next request on the same connection sees what holds now.
  EXPECT_EQ(Exchange(client, {.method = "GET",
                              .target = "/v1/models",
                              .headers = {{"Authorization", "leaving"}},
                              .body = {}})
                .status,
            401);
}

TEST_F(SettingsTest, ChangesEveryFewMillisecondsFailNoRequest) {
  options().workers = 2;
  FakeUpstream first;
  FakeUpstream second;
  AddUpstream("first", first);
  AddUpstream("second", second);
  Start();
  std::atomic<bool> stop{false};
  std::atomic<int> served{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&, fresh = i % 2 == 0] {
      Connection kept = Connect();
      while (!stop) {
        const HttpAnswer answer = fresh ? Chat()
                                        : Exchange(kept, {.method = "GET",
                                                          .target = "/v1/models",
                                                          .headers = {{"Authorization", kKey}},
                                                          .body = {}});
        ++(answer.status == 200 && answer.complete ? served : failed);
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    route().upstreams = {i % 2 == 0 ? "second" : "first"};
    AddKey("key_" + std::to_string(i), "token-" + std::to_string(i));
    Apply();
    const int before = served;
    EXPECT_TRUE(WaitFor([&] { return served > before || failed > 0; }));
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(served, 200);
  EXPECT_FALSE(first.requests().empty());
  EXPECT_FALSE(second.requests().empty());
}

}  // namespace
}  // namespace llmgw::test
