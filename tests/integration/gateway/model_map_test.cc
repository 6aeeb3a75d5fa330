// Public names of models: the upstream gets its own, the client sees the one it asked for, and
// nothing else of either changes.
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

const std::string kAsked = "{ \"messages\":[],\t\"model\" : \"fast\", \"n\": 1.0 }\n";
const std::string kSent = "{ \"messages\":[],\t\"model\" : \"vendor/real-model\", \"n\": 1.0 }\n";

class ModelMapTest : public GatewayTest {
 protected:
  settings::UpstreamSettings& AddMapped(const std::string& name, const FakeUpstream& upstream,
                                        const std::string& real = "vendor/real-model") {
    settings::UpstreamSettings& settings = AddUpstream(name, upstream);
    settings.model_map = model::ModelMap({{"fast", real}, {"or-*", "openrouter/*"}});
    return settings;
  }

  HttpAnswer Stream(const Reply& reply) {
    fake.Next(reply);
    Connection client = OpenStream(R"({"model":"fast","stream":true})");
    return ReadAnswer(client);
  }

  FakeUpstream fake;
};

TEST_F(ModelMapTest, TheRequestHasTheUpstreamsNameAndTheAnswerTheClients) {
  AddMapped("up", fake);
  Start();
  fake.Next(AnswerJson(200, "{\"id\": 1, \"model\":\"vendor/real-model\", \"choices\": [ ] }\n",
                       {{"X-Kept", "yes"}}));
  const HttpAnswer answer = Chat(kAsked);
  EXPECT_EQ(answer.body, "{\"id\": 1, \"model\":\"fast\", \"choices\": [ ] }\n");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.Header("content-length"), std::to_string(answer.body.size()));
  EXPECT_EQ(answer.Header("x-kept"), "yes");
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, kSent);
  EXPECT_EQ(request->Header("content-length"), std::to_string(kSent.size()));
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->model_asked, "fast");
  EXPECT_EQ(record->model_served, "vendor/real-model");
  EXPECT_EQ(record->reason, "ok");
}

TEST_F(ModelMapTest, AStarTakesAndPuts) {
  AddMapped("up", fake);
  Start();
  Chat(R"({"model":"or-meta/llama"})");
  EXPECT_EQ(fake.WaitForRequest()->body, R"({"model":"openrouter/meta/llama"})");
  Chat(R"({"model":"gpt-4o"})");
  EXPECT_EQ(fake.WaitForRequest()->body, R"({"model":"gpt-4o"})");
  Chat(R"({"model":"fa\u0073t"})");
  EXPECT_EQ(fake.WaitForRequest()->body, R"({"model":"vendor/real-model"})");
}

TEST_F(ModelMapTest, EachCandidateHasItsOwnName) {
  FakeUpstream second;
  FakeUpstream third;
  AddMapped("first", fake, "one");
  AddMapped("second", second, "two");
  AddUpstream("third", third);
  Start();
  fake.Always(AnswerJson(503, "{}"));
  second.Always(AnswerJson(503, "{}"));
  third.Always(AnswerJson(200, R"({"model":"one"})"));
  EXPECT_EQ(Chat(R"({"model":"fast"})").body, R"({"model":"one"})");
  EXPECT_EQ(fake.WaitForRequest()->body, R"({"model":"one"})");
  EXPECT_EQ(second.WaitForRequest()->body, R"({"model":"two"})");
  EXPECT_EQ(third.WaitForRequest()->body, R"({"model":"fast"})");
}

TEST_F(ModelMapTest, AllowAndDenyAreAboutTheClientsName) {
  AddMapped("up", fake).models = {{"fast"}, {"vendor/*"}};
  Start();
  EXPECT_EQ(Chat(R"({"model":"fast"})").status, 200);
  EXPECT_EQ(Chat(R"({"model":"vendor/real-model"})").status, 404);
}

TEST_F(ModelMapTest, AnotherModelThanTheOneAskedForIsShown) {
  AddMapped("up", fake);
  Start();
  fake.Next(AnswerJson(200, R"({"model":"vendor/real-model-2024-07-18"})"));
  EXPECT_EQ(Chat(kAsked).body, R"({"model":"vendor/real-model-2024-07-18"})");
}

TEST_F(ModelMapTest, AnAnswerInAnyFramingIsRewritten) {
  AddMapped("up", fake);
  Start();
  const std::string body = R"({"model":"vendor/real-model","x":[1,2]})";
  const std::string expected = R"({"model":"fast","x":[1,2]})";
  const Headers json = {{"Content-Type", "application/json"}};
  for (size_t cut = 0; cut <= body.size(); ++cut) {
    fake.Next(AnswerChunks(200, {body.substr(0, cut), body.substr(cut)}, json));
    const HttpAnswer answer = Chat(kAsked);
    EXPECT_EQ(answer.body, expected) << cut;
    EXPECT_TRUE(answer.complete);
  }
  fake.Next(Answer(200, body, json, Framing::kUntilClose));
  EXPECT_EQ(Chat(kAsked).body, expected);
  fake.Next(AnswerChunks(200, {body}, json, {{"X-Trailer", "kept"}}));
  const HttpAnswer trailed = Chat(kAsked);
  EXPECT_EQ(trailed.body, expected);
  EXPECT_EQ(HeaderValue(trailed.trailers, "x-trailer"), "kept");
}

TEST_F(ModelMapTest, ALongAnswerWithALengthIsRewrittenAsItPasses) {
  AddMapped("up", fake);
  Start();
  const std::string filler(1 << 20, 'x');
  fake.Next(AnswerJson(200, R"({"a":")" + filler + R"(","model":"vendor/real-model"})"));
  const HttpAnswer answer = Chat(kAsked);
  EXPECT_EQ(answer.body, R"({"a":")" + filler + R"(","model":"fast"})");
  EXPECT_TRUE(answer.complete);
  // Its connection is used again.
  EXPECT_EQ(Chat(kAsked).status, 200);
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(ModelMapTest, AnHttp10ClientGetsItToo) {
  AddMapped("up", fake);
  Start();
  const std::string filler(1 << 18, 'x');
  fake.Next(AnswerJson(200, R"({"a":")" + filler + R"(","model":"vendor/real-model"})"));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(std::string("POST /v1/x HTTP/1.0\r\nAuthorization: Bearer ") + kKey +
                           "\r\nContent-Length: " + std::to_string(kAsked.size()) + "\r\n\r\n" +
                           kAsked));
  EXPECT_EQ(ReadAnswer(client).body, R"({"a":")" + filler + R"(","model":"fast"})");
}

TEST_F(ModelMapTest, EveryEventOfAStreamIsRewrittenWhereverItIsCut) {
  AddMapped("up", fake);
  Start();
  const std::vector<std::string> events = {
      R"({"choices":[{"delta":{"content":"a"}}],"model":"vendor/real-model"})",
      R"({"model":"vendor/real-model","choices":[{"delta":{"content":"\"model\":"}}]})", "[DONE]"};
  std::string payload;
  for (const std::string& event : events) payload += "data: " + event + "\n\n";
  std::string expected = payload;
  for (size_t at = 0; (at = expected.find("vendor/real-model", at)) != std::string::npos;)
    expected.replace(at, 17, "fast");
  const Headers sse = {{"Content-Type", "text/event-stream"}};
  for (size_t cut = 0; cut <= payload.size(); ++cut) {
    const HttpAnswer answer =
        Stream(AnswerChunks(200, {payload.substr(0, cut), payload.substr(cut)}, sse));
    EXPECT_EQ(answer.body, expected) << cut;
    EXPECT_TRUE(answer.complete);
  }
  EXPECT_EQ(Stream(StreamSse(events, std::nullopt, Framing::kUntilClose)).body, expected);
  Gate open;
  open.Open();
  EXPECT_EQ(Stream(Trickle(StreamSse(events), open)).body, expected);
}

TEST_F(ModelMapTest, AStreamThatBreaksStillEndsVisibly) {
  AddMapped("up", fake);
  Start();
  const Reply whole = StreamSse({R"({"model":"vendor/real-model","a":1})"});
  std::string bytes;
  for (const Reply::Step& step : whole.steps)
    if (const auto* send = std::get_if<Reply::Send>(&step)) bytes += send->bytes;
  const size_t head = bytes.find("\r\n\r\n") + 4;
  for (size_t cut = head; cut < bytes.size() - 5; ++cut) {
    SCOPED_TRACE(cut);
    const HttpAnswer answer = Stream(ThenClose(Raw(bytes.substr(0, cut))));
    EXPECT_TRUE(answer.complete) << "chunks are made anew, so they are always whole";
    EXPECT_NE(answer.body.find("\"code\":\"stream_broken\""), std::string::npos);
    EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  }
}

TEST_F(ModelMapTest, AFormsFieldIsRenamed) {
  AddMapped("up", fake);
  Start();
  const std::string begin =
      "--B\r\nContent-Disposition: form-data; name=\"file\"; "
      "filename=\"a\"\r\n\r\n\x01model\xff\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n";
  const std::string end = "\r\n--B--\r\n";
  const HttpAnswer answer =
      Request(address(), {.method = "POST",
                          .target = "/v1/audio/transcriptions",
                          .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                      {"Content-Type", "multipart/form-data; boundary=B"}},
                          .body = begin + "fast" + end});
  EXPECT_EQ(answer.status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, begin + "vendor/real-model" + end);
  EXPECT_EQ(request->Header("content-length"), std::to_string(request->body.size()));
}

TEST_F(ModelMapTest, ABodyInAFileOrChunksIsRenamed) {
  options().body_limits.memory_bytes = 4096;
  AddMapped("up", fake);
  Start();
  const std::string filler(300'000, 'x');
  const std::string asked = R"({"a":")" + filler + R"(","model":"fast","b":")" + filler + "\"}";
  std::string sent = asked;
  sent.replace(sent.find("\"fast\""), 6, "\"vendor/real-model\"");
  Chat(asked);
  EXPECT_EQ(fake.WaitForRequest()->body, sent);
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "POST",
                                  .target = "/v1/chat/completions",
                                  .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                              {"Transfer-Encoding", "chunked"}},
                                  .body = Chunk(asked) + "0\r\n\r\n"})));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(fake.WaitForRequest()->body, sent);
}

TEST_F(ModelMapTest, ABodyInMemoryThatIsLargerThanOneWriteIsRenamed) {
  AddMapped("up", fake);
  Start();
  const std::string filler(400'000, 'x');
  Chat(R"({"a":")" + filler + R"(","model":"fast"})");
  EXPECT_EQ(fake.WaitForRequest()->body,
            R"({"a":")" + filler + R"(","model":"vendor/real-model"})");
}

TEST_F(ModelMapTest, ABodyThatIsStreamedThroughIsRenamedInItsHeldBeginning) {
  options().body_limits.memory_bytes = 4096;
  options().body_limits.replay_bytes = 8192;
  AddMapped("up", fake);
  Start();
  const std::string filler(200'000, 'x');
  const std::string asked = R"({"model":"fast","a":")" + filler + "\"}";
  const std::string sent = R"({"model":"vendor/real-model","a":")" + filler + "\"}";
  EXPECT_EQ(Chat(asked).status, 200);
  auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, sent);
  EXPECT_EQ(request->Header("content-length"), std::to_string(sent.size()));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "POST",
                                  .target = "/v1/chat/completions",
                                  .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                              {"Transfer-Encoding", "chunked"}},
                                  .body = Chunk(asked) + "0\r\n\r\n"})));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(fake.WaitForRequest()->body, sent);
}

TEST_F(ModelMapTest, AHandshakesQueryIsRenamed) {
  AddMapped("up", fake);
  Start();
  fake.Next(AnswerJson(400, "{}"));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "GET",
                                  .target = "/v1/realtime?a=1&model=fast&b=2",
                                  .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                              {"Connection", "Upgrade"},
                                              {"Upgrade", "websocket"},
                                              {"Sec-WebSocket-Version", "13"},
                                              {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}},
                                  .body = {}})));
  EXPECT_EQ(ReadAnswer(client).status, 400);
  EXPECT_EQ(fake.WaitForRequest()->target, "/v1/realtime?a=1&model=vendor%2Freal-model&b=2");
}

}  // namespace
}  // namespace llmgw::test
