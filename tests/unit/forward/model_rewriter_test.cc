#include "dataplane/forward/model_rewriter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llmgw::forward {
namespace {

using Format = ModelRewriter::Format;

std::string Rewrite(Format format, const std::vector<std::string>& pieces,
                    const std::string& theirs = "up/real", const std::string& asked = "fast") {
  ModelRewriter rewriter(format, theirs, asked);
  std::string out;
  for (const std::string& piece : pieces) rewriter.Rewrite(piece, out);
  rewriter.Flush(out);
  return out;
}

// The same in whatever cut.
void Expect(Format format, const std::string& in, const std::string& out) {
  EXPECT_EQ(Rewrite(format, {in}), out);
  std::vector<std::string> bytes;
  for (const char c : in) bytes.emplace_back(1, c);
  EXPECT_EQ(Rewrite(format, bytes), out);
  for (size_t cut = 0; cut <= in.size(); ++cut)
    EXPECT_EQ(Rewrite(format, {in.substr(0, cut), in.substr(cut)}), out) << "cut at " << cut;
}

TEST(ModelRewriter, ChangesNothingButTheNameOfADocument) {
  Expect(Format::kDocument, "{ \"id\" : \"x\", \"model\"\t:\n\"up/real\" , \"n\":1.50e1}\r\n",
         "{ \"id\" : \"x\", \"model\"\t:\n\"fast\" , \"n\":1.50e1}\r\n");
  Expect(Format::kDocument, R"({"model":"up\/real","a":"\u00e9"})",
         R"({"model":"fast","a":"\u00e9"})");
  Expect(Format::kDocument, "\xef\xbb\xbf{\"model\":\"up/real\"}",
         "\xef\xbb\xbf{\"model\":\"fast\"}");
}

TEST(ModelRewriter, LooksBehindWhatIsNested) {
  Expect(Format::kDocument, R"({"data":[{"model":"up/real","b":["]\"}"]}],"model":"up/real"})",
         R"({"data":[{"model":"up/real","b":["]\"}"]}],"model":"fast"})");
  Expect(Format::kDocument, R"({"a":{"model":"up/real"},"b":true,"model":"up/real"})",
         R"({"a":{"model":"up/real"},"b":true,"model":"fast"})");
}

TEST(ModelRewriter, LeavesAnotherModelAlone) {
  for (const char* in :
       {R"({"model":"up/real-2024-07-18"})", R"({"model":"up/rea"})", R"({"model":"fast"})",
        R"({"model":null,"x":"up/real"})", R"({"model":["up/real"]})", R"({"Model":"up/real"})",
        R"({"content":"\"model\":\"up/real\""})", R"(["model","up/real"])", R"("up/real")", "",
        "{}", "{\"model\":\"up/real", "{\"model\":\"up/rea\nl\"}",
        "no json: \"model\":\"up/real\""})
    Expect(Format::kDocument, in, in);
}

TEST(ModelRewriter, LetsGoOfANameThatIsTooLong) {
  const std::string longer(5000, 'x');
  const std::string in = R"({"model":")" + longer + R"(","b":1})";
  ModelRewriter rewriter(Format::kDocument, "up/real", "fast");
  std::string out;
  rewriter.Rewrite(in.substr(0, 2000), out);
  EXPECT_GT(out.size(), 1900U) << "what can't be the name is not held back";
  rewriter.Rewrite(in.substr(2000), out);
  EXPECT_EQ(out, in);
}

TEST(ModelRewriter, PutsTheNameBackInEveryEvent) {
  Expect(
      Format::kEvents,
      "data: {\"id\":1,\"model\":\"up/real\"}\n\ndata:{\"model\":\"up/real\"}\r\n\r\n"
      ": {\"model\":\"up/real\"}\nevent: x\ndata: {\"model\":\"up/real-2\"}\n\ndata: [DONE]\n\n",
      "data: {\"id\":1,\"model\":\"fast\"}\n\ndata:{\"model\":\"fast\"}\r\n\r\n"
      ": {\"model\":\"up/real\"}\nevent: x\ndata: {\"model\":\"up/real-2\"}\n\ndata: [DONE]\n\n");
}

TEST(ModelRewriter, KnowsAnthropicsAndResponsesEvents) {
  Expect(Format::kEvents,
         "event: message_start\ndata: "
         R"({"type":"message_start","message":{"id":"m","model":"up/real","content":[]}})"
         "\n\n",
         "event: message_start\ndata: "
         R"({"type":"message_start","message":{"id":"m","model":"fast","content":[]}})"
         "\n\n");
  Expect(
      Format::kEvents,
      R"(data: {"type":"response.created","response":{"text":{"model":"up/real"},"model":"up/real"}})"
      "\n\n",
      R"(data: {"type":"response.created","response":{"text":{"model":"up/real"},"model":"fast"}})"
      "\n\n");
}

TEST(ModelRewriter, ReadsDataOverSeveralLinesAndWithAnyLineEnd) {
  Expect(Format::kEvents,
         "data: {\rdata: \"model\":\rdata: \"up/real\"}\r\rdata: {\"model\":\"up/real\"}",
         "data: {\rdata: \"model\":\rdata: \"fast\"}\r\rdata: {\"model\":\"fast\"}");
  Expect(Format::kEvents,
         "\xef\xbb\xbf"
         "data: {\"model\":\"up/real\"}\n\n",
         "\xef\xbb\xbf"
         "data: {\"model\":\"fast\"}\n\n");
  // No string goes over a line's end, and what is broken does not reach the next event.
  Expect(Format::kEvents,
         "data: {\"model\":\"up/\ndata: real\"}\n\ndata: {\"model\":\"up/real\"}\n\n",
         "data: {\"model\":\"up/\ndata: real\"}\n\ndata: {\"model\":\"fast\"}\n\n");
  Expect(Format::kEvents, "database: {\"model\":\"up/real\"}\ndata\n\n",
         "database: {\"model\":\"up/real\"}\ndata\n\n");
}

TEST(ModelRewriter, EscapesTheClientsName) {
  EXPECT_EQ(Rewrite(Format::kDocument, {R"({"model":"m"})"}, "m", "say \"hi\"\\"),
            R"({"model":"say \"hi\"\\"})");
}

}  // namespace
}  // namespace llmgw::forward
