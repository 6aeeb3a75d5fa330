// IP address lists of routes and keys, and the levels of keys and credentials, over real sockets.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class AddressTest : public GatewayTest {
 protected:
  AddressTest() {
    fake.Handle([](const ReceivedRequest&) { return AnswerJson(200, "{}"); });
    other.Handle([](const ReceivedRequest&) { return AnswerJson(200, "{}"); });
  }
  static net::IpRanges Ranges(const std::vector<std::string>& text) {
    return *net::IpRanges::Parse(text);
  }
  // The reason of a refusal, "" when it was served.
  std::string ReasonOf(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, answer.Header("x-llmgw-reason").empty() ? 200 : 403) << answer.body;
    const auto record = records.Wait();
    if (!answer.Header("x-llmgw-reason").empty()) {
      EXPECT_TRUE(record && record->reason == answer.Header("x-llmgw-reason"));
    }
    return answer.Header("x-llmgw-reason");
  }
  HttpAnswer ChatFrom(const std::string& forwarded_for, const std::string& token = kKey) {
    return Get(address(), "/v1/models",
               {{"Authorization", "Bearer " + token}, {"X-Forwarded-For", forwarded_for}});
  }
  std::string ReasonFor(const std::string& model, const std::string& token = kKey) {
    return ReasonOf(Chat(R"({"messages":[],"model":")" + model + "\"}", token));
  }

  FakeUpstream fake;
  FakeUpstream other;
};

TEST_F(AddressTest, ARouteRefusesAddressesBeforeItLooksAtTheKey) {
  AddUpstream("one", fake);
  route().addresses.deny = Ranges({"127.0.0.0/8"});
  Start();
  const HttpAnswer answer = Chat("{}", "wrong-key");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(ErrorField(answer.body, "code"), "address_not_allowed");
  EXPECT_EQ(ErrorField(answer.body, "type"), "permission_error");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "address_not_allowed");
  EXPECT_EQ(record->route, "default");
  EXPECT_EQ(ReasonOf(Chat()), "address_not_allowed");
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(AddressTest, ARoutesAllowListIsAskedFirstThenItsDenyList) {
  options().trusted_proxies = Ranges({"127.0.0.1"});
  AddUpstream("one", fake);
  route().addresses = {Ranges({"192.0.2.0/24", "2001:db8::/32"}), Ranges({"192.0.2.66"})};
  Start();
  EXPECT_EQ(ReasonOf(ChatFrom("192.0.2.1")), "");
  EXPECT_EQ(ReasonOf(ChatFrom("2001:db8::7")), "");
  EXPECT_EQ(ReasonOf(ChatFrom("::ffff:192.0.2.1")), "");
  EXPECT_EQ(ReasonOf(ChatFrom("192.0.2.66")), "address_not_allowed");
  EXPECT_EQ(ReasonOf(ChatFrom("::ffff:192.0.2.66")), "address_not_allowed");
  EXPECT_EQ(ReasonOf(ChatFrom("203.0.113.1")), "address_not_allowed");
}

TEST_F(AddressTest, AnAddressThatNoTrustedProxyVouchesForCountsForNothing) {
  AddUpstream("one", fake);
  route().addresses.allow = Ranges({"192.0.2.0/24"});
  Start();
  EXPECT_EQ(ReasonOf(ChatFrom("192.0.2.1")), "address_not_allowed");
}

TEST_F(AddressTest, APreflightFromARefusedAddressIsRefused) {
  AddUpstream("one", fake);
  route().addresses.deny = Ranges({"127.0.0.1"});
  Start();
  const HttpAnswer answer = Request(
      address(),
      {.method = "OPTIONS",
       .target = "/v1/models",
       .headers = {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "GET"}},
       .body = ""});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "*");
}

TEST_F(AddressTest, AKeysListHoldsForThatKeyAlone) {
  options().trusted_proxies = Ranges({"127.0.0.1"});
  AddUpstream("one", fake);
  AddKey("key_office", "office-key").addresses.allow = Ranges({"192.0.2.0/24"});
  Start();
  EXPECT_EQ(ReasonOf(ChatFrom("192.0.2.1", "office-key")), "");
  EXPECT_EQ(ReasonOf(ChatFrom("203.0.113.1", "office-key")), "address_not_allowed");
  EXPECT_EQ(ReasonOf(ChatFrom("203.0.113.1")), "");
}

TEST_F(AddressTest, AKeyWithLevelsAsksForTheirModelsOnlyThenItsOwnListsHold) {
  AddUpstream("one", fake);
  AddLevel("basic", {"gpt-4o*"});
  AddLevel("voice", {"/v1/audio/*", "tts-1"});
  AddLevel("everything", {});
  Key& key = AddKey("key_basic", "basic-key");
  key.levels = {"basic", "voice"};
  key.models.deny = {"gpt-4o-mini"};
  AddKey("key_all", "all-key").levels = {"everything", "basic"};
  Start();
  EXPECT_EQ(ReasonFor("gpt-4o", "basic-key"), "");
  EXPECT_EQ(ReasonFor("tts-1", "basic-key"), "");
  EXPECT_EQ(ReasonFor("o3", "basic-key"), "model_not_allowed");
  EXPECT_EQ(ReasonFor("gpt-4o-mini", "basic-key"), "model_not_allowed");
  EXPECT_EQ(ReasonFor("o3", "all-key"), "");
  EXPECT_EQ(ReasonFor("o3"), "");
  // Without a model the path stands for it, as in allow lists.
  EXPECT_EQ(ReasonOf(Get(address(), "/v1/models", {{"Authorization", "Bearer basic-key"}})),
            "model_not_allowed");
  EXPECT_EQ(ReasonOf(Get(address(), "/v1/audio/voices", {{"Authorization", "Bearer basic-key"}})),
            "");
}

TEST_F(AddressTest, ACredentialWithLevelsServesOnlyKeysThatHaveOne) {
  settings::UpstreamSettings& one = AddUpstream("one", fake);
  one.credentials.clear();
  one.credentials.push_back({"a", SecretString("sk-a"), {"gold"}});
  one.credentials.push_back({"b", SecretString("sk-b"), {"gold", "basic"}});
  AddLevel("basic", {});
  AddLevel("gold", {});
  AddKey("key_basic", "basic-key").levels = {"basic"};
  AddKey("key_gold", "gold-key").levels = {"gold"};
  Start();
  std::vector<std::string> used;
  for (const char* token : {"basic-key", "gold-key", "basic-key", "gold-key", "basic-key"}) {
    EXPECT_EQ(Chat("{}", token).status, 200);
    const auto record = records.Wait();
    ASSERT_TRUE(record && record->attempts.size() == 1);
    used.push_back(record->attempts[0].credential_id);
  }
  EXPECT_EQ(used[0], "b");
  EXPECT_EQ(used[2], "b");
  EXPECT_EQ(used[4], "b");
  // A key without levels has no credential here.
  EXPECT_EQ(ReasonOf(Chat()), "upstream_not_allowed");
}

TEST_F(AddressTest, AnUpstreamWithoutAFittingCredentialIsNoCandidate) {
  AddUpstream("one", fake).credentials[0].levels = {"gold"};
  AddUpstream("two", other);
  AddLevel("gold", {});
  AddKey("key_gold", "gold-key").levels = {"gold"};
  Start();
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(records.Wait()->upstream, "two");
  EXPECT_EQ(Chat("{}", "gold-key").status, 200);
  EXPECT_EQ(records.Wait()->upstream, "one");
}

TEST_F(AddressTest, LevelsOfCredentialsThatAreNotSentDoNotMatter) {
  settings::UpstreamSettings& one = AddUpstream("one", fake);
  one.credentials[0].levels = {"gold"};
  one.credential_mode = settings::CredentialMode::kNone;
  Start();
  EXPECT_EQ(Chat().status, 200);
}

}  // namespace
}  // namespace llmgw::test
