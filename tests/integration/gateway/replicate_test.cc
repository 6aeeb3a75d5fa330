// Chat completions over Replicate's predictions.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/replicate_like.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr char kAsk[] =
    R"({"model":"meta/meta-llama-3-8b-instruct","messages":[{"role":"user","content":"Hi"}]})";
constexpr char kAskStream[] = R"({"model":"meta/meta-llama-3-8b-instruct","stream":true,)"
                              R"("messages":[{"role":"user","content":"Hi"}]})";
constexpr char kAskUsage[] =
    R"({"model":"meta/meta-llama-3-8b-instruct","stream":true,"max_tokens":3,)"
    R"("stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]})";

Reply EventStream(const std::string& events, bool ends = true) {
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events;
  Reply reply = Raw(std::move(bytes));
  if (ends) {
    reply.steps.emplace_back(Reply::Close{});
  } else {
    reply.steps.emplace_back(Reply::Hang{});
  }
  return reply;
}

std::string HelloEvents() {
  return ReplicateEvent("output", "Hello") + ReplicateEvent("output", " world") +
         ReplicateEvent("done", "{}");
}

// The data of an event stream's events.
std::vector<std::string> DataOf(const std::string& stream) {
  std::vector<std::string> data;
  size_t at = 0;
  while ((at = stream.find("data: ", at)) != std::string::npos) {
    const size_t end = stream.find('\n', at);
    data.push_back(stream.substr(at + 6, end - at - 6));
    at = end;
  }
  return data;
}

class ReplicateTest : public GatewayTest {
 protected:
  settings::UpstreamSettings& AddReplicate() {
    settings::UpstreamSettings& upstream = AddUpstream("replicate", provider.server());
    upstream.kind = settings::UpstreamKind::kReplicate;
    return upstream;
  }
  void StartOne() {
    AddReplicate();
    Start();
  }
  model::RequestRecord Record() {
    auto record = records.Wait();
    EXPECT_TRUE(record);
    return record.value_or(model::RequestRecord());
  }

  ReplicateLike provider{"sk-upstream-replicate"};
};

TEST_F(ReplicateTest, AnswersFromAPredictionThatWaited) {
  StartOne();
  const HttpAnswer answer = Chat(kAsk);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json body = json::parse(answer.body);
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["model"], "meta/meta-llama-3-8b-instruct");
  EXPECT_EQ(body["choices"][0]["index"], 0);
  EXPECT_EQ(body["choices"][0]["message"]["role"], "assistant");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello, world");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(body["usage"]["total_tokens"], 10);
  ASSERT_EQ(provider.calls().size(), 1U);
  EXPECT_EQ(provider.calls()[0], "POST /v1/models/meta/meta-llama-3-8b-instruct/predictions");
  EXPECT_EQ(provider.server().requests()[0].Header("prefer"), "wait=60");
  EXPECT_EQ(json::parse(provider.orders()[0]), json::parse(R"({"input":{"prompt":"Hi"}})"));
  const model::RequestRecord record = Record();
  EXPECT_EQ(record.reason, "ok");
  EXPECT_EQ(record.usage.input, 7);
  EXPECT_EQ(record.usage.output, 3);
  ASSERT_EQ(record.attempts.size(), 1U);
  EXPECT_EQ(record.attempts[0].status, 200);
  EXPECT_EQ(record.attempts[0].outcome, "ok");
  EXPECT_EQ(record.attempts[0].credential_id, "cred");
  EXPECT_EQ(record.attempts[0].address, provider.server().address());
}

TEST_F(ReplicateTest, AsksAgainUntilThePredictionHasEnded) {
  provider.Statuses({"starting", "processing", "succeeded"});
  StartOne();
  const HttpAnswer answer = Chat(kAsk);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body)["choices"][0]["message"]["content"], "Hello, world");
  EXPECT_EQ(provider.calls().size(), 3U);
  EXPECT_EQ(provider.server().connections_accepted(), 1U) << "the connection is kept";
}

TEST_F(ReplicateTest, NamesWhatTheModelHasNoPlaceFor) {
  StartOne();
  const HttpAnswer answer = Chat(
      R"({"model":"meta/meta-llama-3-8b-instruct:8e6975e5","tools":[{"type":"function"}],"logit_bias":{"1":2},)"
      R"("messages":[{"role":"user","content":"Hi","name":"Bo"}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.Header("x-llmgw-unsupported"), "logit_bias, messages.name, tools");
  EXPECT_EQ(provider.calls()[0], "POST /v1/predictions");
  EXPECT_EQ(json::parse(provider.orders()[0])["version"], "8e6975e5");
}

TEST_F(ReplicateTest, StreamsChunks) {
  provider.Statuses({"starting", "succeeded"});
  provider.Stream(EventStream(HelloEvents()));
  StartOne();
  const HttpAnswer answer = Chat(kAskUsage);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.Header("content-type"), "text/event-stream");
  const std::vector<std::string> data = DataOf(answer.body);
  ASSERT_EQ(data.size(), 6U) << answer.body;
  EXPECT_EQ(data.back(), "[DONE]");
  const auto choice = [&](size_t i) { return json::parse(data[i])["choices"][0]; };
  EXPECT_EQ(choice(0)["delta"]["role"], "assistant");
  EXPECT_EQ(choice(1)["delta"]["content"], "Hello");
  EXPECT_EQ(choice(2)["delta"]["content"], " world");
  EXPECT_EQ(choice(3)["finish_reason"], "length") << "three tokens were all that was asked for";
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(choice(i)["index"], 0);
  const json usage = json::parse(data[4]);
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(usage["usage"]["prompt_tokens"], 7);
  EXPECT_EQ(usage["usage"]["completion_tokens"], 3);
  EXPECT_EQ(json::parse(provider.orders()[0])["stream"], true);
  const model::RequestRecord record = Record();
  EXPECT_EQ(record.reason, "ok");
  EXPECT_EQ(record.usage.output, 3);
}

TEST_F(ReplicateTest, RecordsUsageThatTheClientDidNotAskFor) {
  provider.Statuses({"starting", "succeeded"});
  provider.Stream(EventStream(HelloEvents()));
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_EQ(answer.body.find("usage"), std::string::npos);
  EXPECT_EQ(DataOf(answer.body).back(), "[DONE]");
  EXPECT_EQ(Record().usage.input, 7);
}

TEST_F(ReplicateTest, StreamsInOnePieceWhatHasNoStream) {
  provider.Statuses({"starting", "succeeded"});
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.complete);
  const std::vector<std::string> data = DataOf(answer.body);
  ASSERT_EQ(data.size(), 4U) << answer.body;
  EXPECT_EQ(json::parse(data[1])["choices"][0]["delta"]["content"], "Hello, world");
  EXPECT_EQ(data.back(), "[DONE]");
}

TEST_F(ReplicateTest, DoesNotFollowAStreamToAnotherHost) {
  FakeUpstream elsewhere;
  provider.Statuses({"starting", "succeeded"});
  provider.StreamUrl(elsewhere.Url("/v1/streams/bcwr-1"));
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("Hello, world"), std::string::npos);
  EXPECT_EQ(elsewhere.connections_accepted(), 0U);
}

TEST_F(ReplicateTest, TellsThatAPredictionFailed) {
  provider.Statuses({"starting", "failed"});
  provider.Error(R"("CUDA out of memory")");
  StartOne();
  const HttpAnswer answer = Chat(kAsk);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(ErrorField(answer.body, "code"), "prediction_failed");
  EXPECT_NE(ErrorField(answer.body, "message").find("CUDA out of memory"), std::string::npos);
  EXPECT_EQ(Record().reason, "upstream_error");
}

TEST_F(ReplicateTest, TellsThatAPredictionWasCanceled) {
  provider.Statuses({"canceled"});
  StartOne();
  const HttpAnswer answer = Chat(kAsk);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(ErrorField(answer.body, "code"), "prediction_canceled");
}

TEST_F(ReplicateTest, AnErrorBeforeTheFirstTextIsAnErrorStatus) {
  provider.Statuses({"starting"});
  provider.Stream(EventStream(ReplicateEvent("error", R"({"detail":"bad input"})") +
                              ReplicateEvent("done", R"({"reason":"error"})")));
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_EQ(answer.status, 502);
  EXPECT_NE(ErrorField(answer.body, "message").find("bad input"), std::string::npos);
}

TEST_F(ReplicateTest, AnErrorInMidStreamEndsItVisibly) {
  provider.Statuses({"starting"});
  provider.Stream(EventStream(ReplicateEvent("output", "Hel") +
                              ReplicateEvent("error", R"({"detail":"a \"quoted\" fault"})")));
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_NE(answer.body.find("event: error"), std::string::npos);
  const json last = json::parse(DataOf(answer.body).back());
  EXPECT_NE(last["error"]["message"].get<std::string>().find("a \"quoted\" fault"),
            std::string::npos);
  EXPECT_EQ(Record().attempts.at(0).outcome, "stream_broken");
}

TEST_F(ReplicateTest, AStreamThatBreaksOffEndsVisiblyAndCancels) {
  provider.Statuses({"starting"});
  provider.Stream(EventStream(ReplicateEvent("output", "Hel")));
  StartOne();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_NE(answer.body.find("event: error"), std::string::npos);
  EXPECT_TRUE(provider.WaitForCancel());
}

TEST_F(ReplicateTest, AClientThatLeavesCancelsThePredictionItWaitsFor) {
  provider.Statuses({"processing"});
  StartOne();
  Connection client = OpenStream(kAsk);
  ASSERT_TRUE(WaitFor([&] { return provider.calls().size() >= 2; }));
  client.Close();
  EXPECT_TRUE(provider.WaitForCancel());
  EXPECT_EQ(Record().reason, "client_gone");
}

TEST_F(ReplicateTest, AClientThatLeavesCancelsThePredictionThatIsStillBeingCreated) {
  Gate gate;
  provider.HoldCreation(gate);
  provider.Statuses({"processing"});
  StartOne();
  Connection client = OpenStream(kAsk);
  ASSERT_TRUE(provider.server().WaitForRequest());
  client.Close();
  EXPECT_EQ(Record().reason, "client_gone");
  gate.Open();
  EXPECT_TRUE(provider.WaitForCancel());
  EXPECT_TRUE(WaitFor([&] { return gateway().load().cancels_done == 1; }));
}

TEST_F(ReplicateTest, AClientThatLeavesItsStreamCancelsThePrediction) {
  provider.Statuses({"processing"});
  provider.Stream(EventStream(ReplicateEvent("output", "Hel"), /*ends=*/false));
  StartOne();
  Connection client = OpenStream(kAskStream);
  ASSERT_NE(client.TakeThrough("Hel"), "");
  client.Close();
  EXPECT_TRUE(provider.WaitForCancel());
  const model::RequestRecord record = Record();
  EXPECT_EQ(record.reason, "client_gone");
  EXPECT_EQ(record.status, 200);
}

TEST_F(ReplicateTest, APredictionThatTakesTooLongIsATimeoutAndCancelled) {
  provider.Statuses({"processing"});
  AddReplicate().timeouts.first_byte = milliseconds(400);
  Start();
  const HttpAnswer answer = Chat(kAsk);
  EXPECT_EQ(answer.status, 504);
  EXPECT_TRUE(provider.WaitForCancel());
  EXPECT_EQ(Record().attempts.at(0).outcome, "first_byte_timeout");
}

TEST_F(ReplicateTest, AStatusThatIsNotKnownIsAskedAboutAgain) {
  provider.Statuses({"queued", "succeeded"});
  StartOne();
  EXPECT_EQ(Chat(kAsk).status, 200);
  EXPECT_EQ(provider.calls().size(), 2U);
}

TEST_F(ReplicateTest, AHangingApiIsATimeout) {
  provider.server().Next(Hang());
  AddReplicate().timeouts.first_byte = milliseconds(200);
  Start();
  EXPECT_EQ(Chat(kAsk).status, 504);
  EXPECT_EQ(Record().attempts.at(0).outcome, "first_byte_timeout");
}

TEST_F(ReplicateTest, AStreamThatPausesTooLongEndsVisiblyAndCancels) {
  provider.Statuses({"processing"});
  provider.Stream(EventStream(ReplicateEvent("output", "Hel"), /*ends=*/false));
  AddReplicate().timeouts.idle = milliseconds(200);
  Start();
  const HttpAnswer answer = Chat(kAskStream);
  EXPECT_NE(answer.body.find("idle timeout"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(provider.WaitForCancel());
}

TEST_F(ReplicateTest, PassesOnWhatTheApiRefuses) {
  StartOne();
  const struct {
    int status;
    const char* type;
  } refusals[] = {
      {401, "authentication_error"}, {422, "invalid_request_error"}, {429, "rate_limit_error"}};
  for (const auto& refusal : refusals) {
    provider.server().Next(
        AnswerJson(refusal.status, R"({"detail":"Not so."})", {{"Retry-After", "30"}}));
    const HttpAnswer answer = Chat(kAsk);
    EXPECT_EQ(answer.status, refusal.status);
    EXPECT_EQ(ErrorField(answer.body, "type"), refusal.type);
    EXPECT_NE(ErrorField(answer.body, "message").find("Not so."), std::string::npos);
    EXPECT_EQ(answer.Header("retry-after"), "30");
  }
}

TEST_F(ReplicateTest, GoesOnToTheNextUpstreamWhenTheApiRefuses) {
  AddReplicate();
  AddMock("standby");
  Start();
  provider.server().Next(AnswerJson(429, R"({"detail":"Request was throttled."})"));
  EXPECT_NE(Chat(kAsk).body.find("one two three"), std::string::npos);
  const model::RequestRecord record = Record();
  ASSERT_EQ(record.attempts.size(), 2U);
  EXPECT_EQ(record.attempts[0].outcome, "refused");
  EXPECT_EQ(record.attempts[0].status, 429);
}

TEST_F(ReplicateTest, AnotherCredentialIsTriedBeforeTheClientIsRefused) {
  settings::UpstreamSettings& upstream = AddReplicate();
  upstream.credentials.insert(upstream.credentials.begin(),
                              {"id-revoked", SecretString("sk-revoked")});
  Start();
  provider.server().Next(AnswerJson(401, R"({"detail":"Not so."})"));
  EXPECT_EQ(Chat(kAsk).status, 200);
  const model::RequestRecord record = Record();
  ASSERT_EQ(record.attempts.size(), 2U);
  EXPECT_EQ(record.attempts[0].credential_id, "id-revoked");
  EXPECT_TRUE(record.attempts[0].credential_rests);
  EXPECT_EQ(record.attempts[1].credential_id, "cred");
}

TEST_F(ReplicateTest, GoesOnToTheNextUpstreamWhenAPredictionFails) {
  AddReplicate();
  AddMock("standby");
  Start();
  provider.Statuses({"starting", "failed"});
  EXPECT_NE(Chat(kAsk).body.find("one two three"), std::string::npos);
  EXPECT_EQ(Record().attempts.size(), 2U);
}

TEST_F(ReplicateTest, GoesOnToTheNextUpstreamBeforeTheFirstText) {
  AddReplicate();
  AddMock("standby");
  Start();
  provider.Statuses({"starting"});
  provider.Stream(EventStream(ReplicateEvent("error", R"({"detail":"x"})")));
  EXPECT_NE(Chat(kAskStream).body.find("two"), std::string::npos);
  EXPECT_EQ(Record().attempts.size(), 2U);
}

TEST_F(ReplicateTest, GoesOnToTheNextUpstreamWhenTheFirstTextDoesNotComeInTime) {
  AddReplicate().timeouts.first_byte = milliseconds(200);
  AddMock("standby");
  Start();
  provider.Statuses({"processing"});
  provider.Stream(EventStream(": ping\n\n", /*ends=*/false));
  EXPECT_NE(Chat(kAskStream).body.find("two"), std::string::npos);
  EXPECT_TRUE(provider.WaitForCancel());
  EXPECT_EQ(Record().attempts.at(0).outcome, "first_byte_timeout");
}

TEST_F(ReplicateTest, ACreationThatWaitsIsSentOnAConnectionOfItsOwn) {
  StartOne();
  EXPECT_EQ(Chat(kAsk).status, 200);
  EXPECT_EQ(Chat(kAsk).status, 200);
  EXPECT_EQ(provider.server().connections_accepted(), 2U);
}

TEST_F(ReplicateTest, A407OfAProxyIsTheProxys) {
  settings::UpstreamSettings& upstream = AddReplicate();
  upstream.outbound.proxy = {"127.0.0.1", upstream.endpoint.port, "http://proxy.test", {}};
  upstream.retries = 0;
  Start();
  provider.server().Next(Answer(407, "no", {{"Proxy-Authenticate", "Basic realm=\"x\""}}));
  const HttpAnswer answer = Chat(kAsk);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(ErrorField(answer.body, "code"), "proxy_failed");
  EXPECT_EQ(Record().attempts.at(0).outcome, "proxy_failed");
}

TEST_F(ReplicateTest, RefusesWhatIsNoChatForIt) {
  StartOne();
  EXPECT_EQ(Chat(R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})").status, 404);
  const HttpAnswer answer = Chat(R"({"model":"a/b","messages":[{"role":"tool","content":"Hi"}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorField(answer.body, "param"), "messages[0].role");
  EXPECT_EQ(PostJson(address(), "/v1/embeddings", R"({"model":"a/b","input":"x"})", kKey).status,
            404);
  EXPECT_TRUE(provider.calls().empty());
}

TEST_F(ReplicateTest, WhatTheGatewayAnswersItselfIsNoSuccessOfTheUpstream) {
  settings::UpstreamSettings& upstream = AddReplicate();
  upstream.health.passive = true;
  upstream.health.consecutive_failures = 2;
  AddMock("standby");
  Start();
  for (int i = 0; i < 2; ++i) {
    provider.server().Next(AnswerJson(500, "{}"));
    EXPECT_EQ(Chat(kAsk).status, 200);
    EXPECT_EQ(Record().attempts.size(), 2U);
    if (i > 0) break;
    const HttpAnswer wrong = Chat(
        R"({"model":"meta/meta-llama-3-8b-instruct","messages":[{"role":"tool","content":"Hi"}]})");
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(Record().status, 400);
  }
  EXPECT_EQ(Chat(kAsk).status, 200);
  EXPECT_EQ(Record().attempts.at(0).upstream, "standby") << "two failures in a row eject";
}

TEST_F(ReplicateTest, ListsTheModelsThatTheConfigurationNames) {
  AddReplicate().models.allow = {"meta/meta-llama-3-8b-instruct", "mistralai/*", "/v1/models",
                                 "/v1/models/*"};
  Start();
  const Headers key{{"Authorization", kKey}};
  const HttpAnswer list = Get(address(), "/v1/models", key);
  ASSERT_EQ(list.status, 200) << list.body;
  const json data = json::parse(list.body)["data"];
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0]["id"], "meta/meta-llama-3-8b-instruct");
  EXPECT_EQ(Get(address(), "/v1/models/meta/meta-llama-3-8b-instruct", key).status, 200);
  EXPECT_EQ(Get(address(), "/v1/models/meta%2Fmeta-llama-3-8b-instruct", key).status, 200);
  EXPECT_EQ(Get(address(), "/v1/models/meta/other", key).status, 404);
}

TEST_F(ReplicateTest, HasNoListOfModelsWhereTheConfigurationNamesNone) {
  StartOne();
  const HttpAnswer list = Get(address(), "/v1/models", {{"Authorization", kKey}});
  EXPECT_EQ(list.status, 404);
  EXPECT_EQ(ErrorField(list.body, "code"), "no_models_list");
}

}  // namespace
}  // namespace llmgw::test
