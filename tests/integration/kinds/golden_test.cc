// Every kind of upstream is sent what its provider's documents ask for, and clients get its answers
// to the byte.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <ostream>

#include "dataplane/record/digest/sse_scanner.h"
#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/integration/kinds/golden_case.h"

namespace llmgw::test {

void PrintTo(const GoldenCase& golden, std::ostream* out) { *out << golden.name; }

namespace {

std::string Joined(const std::vector<std::string>& events) {
  std::string text;
  for (const std::string& event : events) text += event;
  return text;
}

struct Event {
  std::string type;
  std::string data;
};

std::vector<Event> ParseSse(const std::string& body) {
  record::SseScanner scanner;
  std::vector<Event> events;
  const auto add = [&](const record::SseEvent& event) {
    events.push_back({std::string(event.type), std::string(event.data)});
  };
  scanner.Feed(body, add);
  scanner.Finish(add);
  return events;
}

class GoldenTest : public GatewayTest, public ::testing::WithParamInterface<GoldenCase> {
 protected:
  GoldenTest() {
    AddUpstream("up", fake) = CompileGolden(golden, fake.Url());
    route().prefix = golden.prefix;
    if (golden.open) route().auth = settings::AuthMode::kOpen;
    Start();
  }

  // With the gateway's key, unless the case has a credential of its own.
  HttpRequest ClientRequest() const {
    HttpRequest request = golden.request;
    if (HeaderValue(request.headers, "authorization").empty() &&
        HeaderValue(request.headers, "x-api-key").empty())
      request.headers.emplace_back("Authorization", std::string("Bearer ") + kKey);
    return request;
  }

  Reply WholeAnswer() const {
    Headers headers = golden.answer_headers;
    if (!golden.streamed()) return AnswerJson(golden.status, golden.body, headers);
    headers.emplace_back("Content-Type", "text/event-stream; charset=utf-8");
    return AnswerChunks(golden.status, golden.events, headers);
  }

  // A stream whose payload ends after `bytes`, and the connection with it.
  Reply CutStream(size_t bytes, bool chunked) const {
    std::string text = Joined(golden.events).substr(0, bytes);
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    if (chunked) {
      head += "Transfer-Encoding: chunked\r\n";
      text = Chunk(text);
    }
    return ThenClose(Raw(head + "\r\n" + text));
  }

  void ExpectEndedByAnError(const HttpAnswer& answer) {
    const std::vector<Event> events = ParseSse(answer.body);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().type, "error");
    EXPECT_EQ(ErrorField(events.back().data, "code"), "stream_broken") << answer.body;
    const auto parsed = nlohmann::json::parse(events.back().data);
    const bool anthropic = golden.kind == settings::UpstreamKind::kAnthropic;
    EXPECT_EQ(parsed.value("type", ""), anthropic ? "error" : "");
    EXPECT_EQ(parsed["error"]["type"], anthropic ? "api_error" : "upstream_error");
  }

  // Cut after each byte of its payload but the last event, which says that the stream is whole.
  void CutEverywhere(bool chunked) {
    const std::string last = golden.events.back();
    const size_t final_at = Joined(golden.events).size() - last.size() + last.rfind("data:");
    for (size_t cut = 0; cut <= final_at; ++cut) {
      SCOPED_TRACE(cut);
      fake.Next(CutStream(cut, chunked));
      const HttpAnswer answer = Request(address(), ClientRequest());
      ASSERT_EQ(answer.status, 200);
      ASSERT_TRUE(answer.complete);
      EXPECT_EQ(answer.body.find(last), std::string::npos) << "a fake end";
      const auto record = records.Wait();
      ASSERT_TRUE(record);
      // Servers exist that end OpenAI's streams without [DONE], so between two events a close is an
      // end.
      const bool may_be_whole =
          !chunked && golden.kind != settings::UpstreamKind::kAnthropic && record->reason == "ok";
      if (may_be_whole) {
        EXPECT_EQ(answer.body, Joined(golden.events).substr(0, cut));
        EXPECT_TRUE(cut == 0 || answer.body.ends_with("\n")) << "within a line";
        continue;
      }
      EXPECT_EQ(record->reason, "stream_broken");
      ExpectEndedByAnError(answer);
    }
  }

  const GoldenCase golden = GetParam();
  FakeUpstream fake;
};

TEST_P(GoldenTest, IsSentAndAnsweredAsDocumented) {
  fake.Next(WholeAnswer());
  const HttpAnswer answer = Request(address(), ClientRequest());

  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, golden.request.method);
  EXPECT_EQ(request->target, golden.upstream_target);
  EXPECT_EQ(request->body, golden.request.body);
  for (const auto& [name, value] : golden.upstream_headers) {
    EXPECT_EQ(CountHeader(request->headers, name), value ? 1U : 0U) << name;
    EXPECT_EQ(request->Header(name), value.value_or("")) << name;
  }
  EXPECT_EQ(request->raw_head.find(kKey), std::string::npos) << "the client's key has left";

  EXPECT_EQ(answer.status, golden.client_status);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, golden.streamed() ? Joined(golden.events) : golden.body);
  for (const auto& [name, value] : golden.client_headers) EXPECT_EQ(answer.Header(name), value);
  EXPECT_EQ(answer.Header("x-llmgw-unsupported"), "");

  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, golden.reason);
  EXPECT_EQ(record->model_served, golden.model_served);
  const auto expected = [this](const char* field) {
    const auto found = golden.usage.find(field);
    return found == golden.usage.end() ? std::nullopt : std::optional<int64_t>(found->second);
  };
  EXPECT_EQ(record->usage.input, expected("input"));
  EXPECT_EQ(record->usage.output, expected("output"));
  EXPECT_EQ(record->usage.cached_input, expected("cached_input"));
  EXPECT_EQ(record->usage.reasoning, expected("reasoning"));
}

TEST_P(GoldenTest, AStreamCutAnywhereNeverLooksWhole) {
  if (!golden.streamed()) return;
  CutEverywhere(true);
  CutEverywhere(false);
}

std::string TestName(const ::testing::TestParamInfo<GoldenCase>& info) {
  std::string name = info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, GoldenTest, ::testing::ValuesIn(GoldenCases()), TestName);

}  // namespace

}  // namespace llmgw::test
