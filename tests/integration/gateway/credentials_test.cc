// Several credentials of one upstream: whose turn it is, which one rests, and who stands in.
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class CredentialsTest : public GatewayTest {
 protected:
  settings::UpstreamSettings& AddWith(const std::string& name, const FakeUpstream& fake,
                                      const std::vector<std::string>& secrets) {
    settings::UpstreamSettings& upstream = AddUpstream(name, fake);
    upstream.credentials.clear();
    for (const std::string& secret : secrets)
      upstream.credentials.push_back({"id-" + secret, SecretString(secret)});
    return upstream;
  }

  // The secrets that reached the fake, in order, without spaces.
  static std::string Secrets(const FakeUpstream& fake) {
    std::string all;
    for (const ReceivedRequest& request : fake.requests())
      all += request.Header("authorization").substr(std::string("Bearer ").size());
    return all;
  }
  // Refuses one secret, answers the others.
  void Refuse(FakeUpstream& fake, const std::string& secret, int status,
              const Headers& headers = {}) {
    fake.Handle([=](const ReceivedRequest& request) {
      if (request.Header("authorization") == "Bearer " + secret)
        return AnswerJson(status, R"({"error":{"message":"not you"}})", headers);
      return AnswerJson(200, "{}");
    });
  }

  FakeUpstream first;
  FakeUpstream second;
};

TEST_F(CredentialsTest, TakeTurns) {
  AddWith("only", first, {"A", "B", "C"});
  Start();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Secrets(first), "ABCABC");
}

TEST_F(CredentialsTest, AnotherOneIsTriedAtOnceAndTheRefusedOneRests) {
  for (const int status : {401, 403, 429}) {
    SCOPED_TRACE(status);
    FakeUpstream fake;
    RemoveUpstream("only");
    AddWith("only", fake, {"A" + std::to_string(status), "B"});
    if (status == 401) {
      Start();
    } else {
      Apply();
    }
    Refuse(fake, "A" + std::to_string(status), status, {{"Retry-After", "60"}});
    for (int i = 0; i < 4; ++i) EXPECT_EQ(Chat().status, 200);
    const std::vector<ReceivedRequest> requests = fake.requests();
    ASSERT_EQ(requests.size(), 5U) << "the refused one was asked once";
    int refused = 0;
    for (const ReceivedRequest& request : requests)
      refused += request.Header("authorization") == "Bearer B" ? 0 : 1;
    EXPECT_EQ(refused, 1);
    bool seen = false;
    for (int i = 0; i < 4; ++i) {
      const auto record = records.Wait();
      ASSERT_TRUE(record);
      if (record->attempts.size() == 1) continue;
      seen = true;
      ASSERT_EQ(record->attempts.size(), 2U);
      EXPECT_EQ(record->attempts[0].credential_id, "id-A" + std::to_string(status));
      EXPECT_EQ(record->attempts[0].status, status);
      EXPECT_TRUE(record->attempts[0].credential_rests);
      EXPECT_EQ(record->attempts[1].credential_id, "id-B");
      EXPECT_FALSE(record->attempts[1].credential_rests);
      EXPECT_EQ(record->reason, "ok");
    }
    EXPECT_TRUE(seen);
  }
}

TEST_F(CredentialsTest, AnotherOneIsTriedBeforeTheNextUpstream) {
  AddWith("first", first, {"A", "B"});
  AddWith("second", second, {"S"});
  Start();
  Refuse(first, "A", 429);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Secrets(first), "AB");
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(CredentialsTest, AnUpstreamOfWhichAllRestComesLast) {
  AddWith("first", first, {"A", "B"});
  AddWith("second", second, {"S"});
  Start();
  first.Always(AnswerJson(
      429, "{}",
      {{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "6m0s"}}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Secrets(first), "AB") << "once each, then no more";
  EXPECT_EQ(Secrets(second), "SSS");
  // It is still there when nobody else is.
  second.FailNext(1, 500);
  first.Always(AnswerJson(200, "{}"));
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(first.requests().size(), 3U);
  // And a success ends the rest.
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(first.requests().size(), 4U);
}

TEST_F(CredentialsTest, TheLastRefusalReachesTheClientWithItsRetryAfter) {
  AddWith("only", first, {"A", "B"});
  Start();
  first.Always(AnswerJson(429, R"({"error":{"message":"slow down"}})", {{"Retry-After", "17"}}));
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.Header("retry-after"), "17");
  EXPECT_EQ(ErrorField(answer.body, "message"), "slow down");
  EXPECT_EQ(Secrets(first), "AB");
  // All rest: the upstream is asked all the same, once.
  EXPECT_EQ(Chat().status, 429);
  EXPECT_EQ(first.requests().size(), 3U);
}

TEST_F(CredentialsTest, RetryOnNeverLeavesARefusalAsItIs) {
  route().retry_on = settings::RetryOn{};
  AddWith("only", first, {"A", "B"});
  Start();
  first.FailNext(1, 401);
  EXPECT_EQ(Chat().status, 401);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Secrets(first), "AB");
}

TEST_F(CredentialsTest, NoCredentialRestsForWhatAClientsOwnWasRefused) {
  settings::UpstreamSettings& upstream = AddWith("first", first, {"A"});
  upstream.credential_mode = settings::CredentialMode::kPassthrough;
  AddWith("second", second, {"S"});
  Start();
  first.FailNext(1, 401);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(first.requests().size(), 2U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts[0].credential_id, "");
}

TEST_F(CredentialsTest, ANewSecretIsTriedAtOnce) {
  settings::UpstreamSettings& upstream = AddWith("first", first, {"A"});
  AddWith("second", second, {"S"});
  Start();
  first.FailNext(1, 401);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(first.requests().size(), 1U);
  upstream.credentials[0].secret = SecretString("A2");
  Apply();
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Secrets(first), "AA2");
}

}  // namespace
}  // namespace llmgw::test
