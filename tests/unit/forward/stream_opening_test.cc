#include "dataplane/forward/stream_opening.h"

#include <gtest/gtest.h>

#include <charconv>
#include <string>

namespace llmgw::forward {
namespace {

using net::http1::BodyFraming;
using Verdict = StreamOpening::Verdict;

std::string Chunked(const std::string& payload) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + 16, payload.size(), 16).ptr;
  return std::string(digits, end) + "\r\n" + payload + "\r\n0\r\n\r\n";
}

struct Seen {
  Verdict verdict = Verdict::kUndecided;
  int status = 0;
  bool operator==(const Seen&) const = default;
};
void PrintTo(const Seen& seen, std::ostream* out) {
  *out << "verdict " << static_cast<int>(seen.verdict) << " status " << seen.status;
}

// What it says after `raw` in pieces of `step` bytes, and the close if it has not spoken until
// then.
Seen Look(AnswerKind kind, BodyFraming framing, const std::string& raw, size_t length,
          size_t step) {
  StreamOpening opening(kind, framing, length);
  Verdict verdict = Verdict::kUndecided;
  for (size_t at = 0; at < raw.size() && verdict == Verdict::kUndecided; at += step)
    verdict = opening.Look(std::string(raw.substr(at, step)));
  if (verdict == Verdict::kUndecided) verdict = opening.AtClose();
  return {verdict, opening.status()};
}

// The same in any framing and any cut.
Seen Look(const std::string& payload, AnswerKind kind = AnswerKind::kEvents) {
  const Seen whole = Look(kind, BodyFraming::kUntilClose, payload, 0, payload.size() + 1);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{17}, payload.size() + 10}) {
    EXPECT_EQ(Look(kind, BodyFraming::kUntilClose, payload, 0, step), whole) << step;
    EXPECT_EQ(Look(kind, BodyFraming::kChunked, Chunked(payload), 0, step), whole) << step;
    if (payload.empty()) continue;
    EXPECT_EQ(Look(kind, BodyFraming::kLength, payload, payload.size(), step), whole) << step;
  }
  return whole;
}

std::string Event(const std::string& data) { return "data: " + data + "\n\n"; }
std::string Delta(const std::string& delta) {
  return Event(R"({"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":)" +
               delta + R"(,"logprobs":null,"finish_reason":null}]})");
}

const Seen kContent{Verdict::kContent, 0};
const Seen kEmpty{Verdict::kEmpty, 0};

TEST(StreamOpening, ARoleIsNoContentAndWhatFollowsItIs) {
  EXPECT_EQ(Look(Delta(R"({"role":"assistant","content":""})")), kEmpty);
  EXPECT_EQ(Look(Delta(R"({"role":"assistant","content":"","refusal":null,"tool_calls":[]})")),
            kEmpty);
  EXPECT_EQ(Look(Delta(R"({"role":"assistant","content":"Hi"})")), kContent);
  EXPECT_EQ(Look(Delta(R"({"role":"assistant"})") + Delta(R"({"content":" "})")), kContent);
}

TEST(StreamOpening, EverythingAModelSaysIsContent) {
  for (const char* delta :
       {R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]})",
        R"({"reasoning_content":"hm"})", R"({"reasoning":"hm"})", R"({"refusal":"no"})",
        R"({"audio":{"id":"a"}})", R"({"function_call":{"name":"f"}})"})
    EXPECT_EQ(Look(Delta(delta)), kContent) << delta;
  EXPECT_EQ(Look(Event(R"({"choices":[{"index":0,"text":"Hi"}]})")), kContent);
  EXPECT_EQ(Look(Event(R"({"choices":[{"index":0,"text":""}]})")), kEmpty);
  EXPECT_EQ(Look(Event(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})")), kContent)
      << "an empty answer that is whole";
}

TEST(StreamOpening, CommentsPingsAndFiltersAreNoContent) {
  EXPECT_EQ(Look(": keep-alive\n\n"), kEmpty);
  EXPECT_EQ(Look(": keep-alive\r\n\r\nevent: ping\r\ndata: {\"type\":\"ping\"}\r\n\r\n"), kEmpty);
  EXPECT_EQ(Look("retry: 1\nid: 7\n\ndata:\n\n"), kEmpty);
  EXPECT_EQ(Look(Event(R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}]})")), kEmpty);
  EXPECT_EQ(Look(""), kEmpty);
  EXPECT_EQ(Look(Event("[DONE]")), kEmpty);
  EXPECT_EQ(Look(Delta(R"({"role":"assistant"})") + Event("[DONE]")), kEmpty);
}

TEST(StreamOpening, ReadsAnthropicsEvents) {
  const std::string start =
      "event: message_start\n" +
      Event(R"({"type":"message_start","message":{"model":"c","content":[]}})");
  const std::string block =
      "event: content_block_start\n" +
      Event(
          R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
  const std::string ping = "event: ping\n" + Event(R"({"type":"ping"})");
  EXPECT_EQ(Look(start + block + ping), kEmpty);
  EXPECT_EQ(
      Look(
          start + block + ping +
          Event(
              R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"H"}})")),
      kContent);
  EXPECT_EQ(Look(start + Event(R"({"type":"content_block_start","index":0,)"
                               R"("content_block":{"type":"tool_use","id":"t","name":"f"}})")),
            kContent);
  EXPECT_EQ(Look(start + Event(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})")),
            kContent);
  EXPECT_EQ(
      Look("event: error\n" +
           Event(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})")),
      (Seen{Verdict::kError, 529}));
}

TEST(StreamOpening, ReadsTheEventsOfResponses) {
  const std::string created =
      Event(R"({"type":"response.created","response":{"error":null,"model":"m"}})") +
      Event(R"({"type":"response.in_progress","response":{"error":null}})");
  EXPECT_EQ(Look(created), kEmpty);
  EXPECT_EQ(Look(created + Event(R"({"type":"response.output_text.delta","delta":"H"})")),
            kContent);
  EXPECT_EQ(Look(created + Event(R"({"type":"response.failed","response":{"error":{}}})")),
            (Seen{Verdict::kError, 502}));
  EXPECT_EQ(Look(Event(R"({"type":"error","code":"rate_limit_exceeded","message":"slow"})")),
            (Seen{Verdict::kError, 429}));
}

TEST(StreamOpening, AnErrorEventSaysWhatItAmountsTo) {
  const auto status = [](const std::string& error) {
    return Look(Event("{\"error\":" + error + "}"));
  };
  EXPECT_EQ(status(R"({"message":"overloaded"})"), (Seen{Verdict::kError, 502}));
  EXPECT_EQ(status(R"("overloaded")"), (Seen{Verdict::kError, 502}));
  EXPECT_EQ(status(R"({"code":429,"message":"slow"})"), (Seen{Verdict::kError, 429}));
  EXPECT_EQ(status(R"({"type":"invalid_request_error"})"), (Seen{Verdict::kError, 400}));
  EXPECT_EQ(status(R"({"code":200})"), (Seen{Verdict::kError, 502}));
  EXPECT_EQ(status("null"), kContent);
  EXPECT_EQ(
      Look(": wait\n\n" + Delta(R"({"role":"assistant"})") + Event(R"({"error":{"code":503}})")),
      (Seen{Verdict::kError, 503}));
  EXPECT_EQ(Look(Delta(R"({"content":"H"})") + Event(R"({"error":{"code":503}})")), kContent);
}

TEST(StreamOpening, AnUnknownShapeIsContent) {
  for (const char* data : {"hello", "17", "[1]", "{\"n\":1}", "{broken"})
    EXPECT_EQ(Look(Event(data)), kContent) << data;
}

TEST(StreamOpening, TheLastEventNeedsNoEmptyLine) {
  EXPECT_EQ(Look(R"(data: {"error":{"code":503}})"), (Seen{Verdict::kError, 503}));
  EXPECT_EQ(Look("data: hello\n"), kContent);
  EXPECT_EQ(Look("{\"error\":{\"code\":503}}"), kEmpty) << "no event at all";
}

TEST(StreamOpening, ADocumentIsToldByItsFirstMember) {
  const auto look = [](const std::string& body) { return Look(body, AnswerKind::kJson); };
  EXPECT_EQ(look(R"({"error":{"message":"no","type":"rate_limit_error"}})"),
            (Seen{Verdict::kError, 429}));
  EXPECT_EQ(look("\n\n  { \"error\" : \"no\" }").verdict, Verdict::kError);
  EXPECT_EQ(look(R"({"object":"error","message":"no"})").verdict, Verdict::kError);
  EXPECT_EQ(look(R"({"type":"error","error":{}})").verdict, Verdict::kError);
  for (const char* good : {R"({"id":"r","error":null})", R"({"error":null,"id":"r"})",
                           R"({"object":"chat.completion"})", R"({"type":"message"})",
                           R"({"errors":[]})", "[]", "{}", "", "  ", R"({"object":"err"})"})
    EXPECT_EQ(look(good), kContent) << good;
}

TEST(StreamOpening, ADocumentIsToldAsSoonAsItShows) {
  StreamOpening opening(AnswerKind::kJson, BodyFraming::kLength, 1000);
  EXPECT_EQ(opening.Look("\n\n{"), Verdict::kUndecided);
  EXPECT_EQ(opening.Look("\"i"), Verdict::kContent);
  StreamOpening error(AnswerKind::kJson, BodyFraming::kLength, 1000);
  EXPECT_EQ(error.WithoutMore(), Verdict::kContent);
  EXPECT_EQ(error.Look("{\"error\":{"), Verdict::kUndecided);
  EXPECT_EQ(error.WithoutMore(), Verdict::kError);
  EXPECT_EQ(error.status(), 502);
}

TEST(StreamOpening, ABodyThatIsCutShortIsUndecided) {
  StreamOpening cut(AnswerKind::kEvents, BodyFraming::kChunked, 0);
  EXPECT_EQ(cut.Look("10\r\n: hi"), Verdict::kUndecided);
  EXPECT_EQ(cut.AtClose(), Verdict::kUndecided);
  StreamOpening bad(AnswerKind::kEvents, BodyFraming::kChunked, 0);
  EXPECT_EQ(bad.Look("zz\r\n"), Verdict::kMalformed);
}

}  // namespace
}  // namespace llmgw::forward
