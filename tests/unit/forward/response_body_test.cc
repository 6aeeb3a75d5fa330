#include "dataplane/forward/response_body.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "dataplane/forward/forward_request.h"

namespace llmgw::forward {
namespace {

using net::http1::BodyFraming;
using State = ResponseBody::State;

class Observer final : public ResponseObserver {
 public:
  void OnHead(int, std::string_view, bool, bool) override {}
  void OnPayload(std::string_view bytes) override { payload += bytes; }
  bool mid_event() const override { return false; }
  bool unfinished() const override { return false; }
  std::string payload;
};

// A chunked body read by its definition (RFC 9112 7.1), apart from the product's decoder. False:
// it is not one, or not whole.
bool ReadChunked(std::string_view in, std::string& payload) {
  while (true) {
    const size_t line_end = in.find("\r\n");
    if (line_end == std::string_view::npos || line_end == 0) return false;
    const std::string line(in.substr(0, line_end));
    char* end = nullptr;
    const size_t size = std::strtoull(line.c_str(), &end, 16);
    if (end == line.c_str() || (*end != '\0' && *end != ';')) return false;
    if (*end == ';' && line.ends_with(';')) return false;
    in.remove_prefix(line_end + 2);
    if (size == 0) break;
    if (in.size() < size + 2 || in.substr(size, 2) != "\r\n") return false;
    payload += in.substr(0, size);
    in.remove_prefix(size + 2);
  }
  while (!in.starts_with("\r\n")) {
    const size_t line_end = in.find("\r\n");
    if (line_end == std::string_view::npos || in.find(':') > line_end) return false;
    in.remove_prefix(line_end + 2);
  }
  return in == "\r\n";
}

struct Relayed {
  std::string out;
  std::string observed;
  uint64_t payload_bytes = 0;
  State state = State::kMore;
  bool excess = false;
};

// Sends `in` through in the given pieces; each step's output must survive until the next.
Relayed Relay(ResponseBody& body, const std::vector<std::string>& pieces) {
  Relayed relayed;
  Observer observer;
  std::string storage;
  for (const std::string& piece : pieces) {
    const ResponseBody::Step step = body.Next(piece, storage, observer);
    relayed.out += step.out;
    relayed.payload_bytes += step.payload_bytes;
    relayed.state = step.state;
    relayed.excess = step.excess;
    if (step.state != State::kMore) break;
  }
  relayed.observed = observer.payload;
  return relayed;
}

const std::string kPayload = "hello, 0\r\nworld\r\n\r\n";
const std::string kChunked =
    "7;a=\"b;c\"\r\nhello, \r\n000c;d\r\n0\r\nworld\r\n\r\n\r\n0\r\nX-T: 1\r\n\r\n";

std::string Encoded(BodyFraming from) {
  return from == BodyFraming::kChunked ? kChunked : kPayload;
}

// Whatever the client gets, it is the payload once, framed as announced.
void ExpectWhole(const std::string& out, ResponseFraming to) {
  std::string payload;
  if (to == ResponseFraming::kChunked) {
    EXPECT_TRUE(ReadChunked(out, payload)) << out;
  } else {
    payload = out;
  }
  EXPECT_EQ(payload, kPayload);
}

TEST(ResponseBody, TurnsAnyFramingIntoTheClientsInAnyCut) {
  for (const BodyFraming from :
       {BodyFraming::kLength, BodyFraming::kChunked, BodyFraming::kUntilClose}) {
    for (const bool http10 : {false, true}) {
      const std::string in = Encoded(from);
      const ResponseFraming to = ResponseBody::ClientFraming(from, http10);
      for (size_t first = 0; first <= in.size(); ++first) {
        for (size_t second = first; second <= in.size(); second += 3) {
          ResponseBody body(from, kPayload.size(), to);
          Relayed relayed = Relay(
              body, {in.substr(0, first), in.substr(first, second - first), in.substr(second)});
          EXPECT_EQ(relayed.observed, kPayload);
          EXPECT_EQ(relayed.payload_bytes, kPayload.size());
          EXPECT_FALSE(relayed.excess);
          EXPECT_EQ(body.done(), from != BodyFraming::kUntilClose);
          EXPECT_TRUE(body.EndsAtClose());
          if (from == BodyFraming::kChunked && !http10) {
            EXPECT_EQ(relayed.out, in);
          }
          ExpectWhole(relayed.out + std::string(body.Closing()), to);
        }
      }
    }
  }
}

TEST(ResponseBody, ChoosesAFramingTheClientUnderstands) {
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kNone, false), ResponseFraming::kNone);
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kNone, true), ResponseFraming::kNone);
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kLength, true), ResponseFraming::kLength);
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kChunked, false), ResponseFraming::kChunked);
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kChunked, true), ResponseFraming::kUntilClose);
  EXPECT_EQ(ResponseBody::ClientFraming(BodyFraming::kUntilClose, false),
            ResponseFraming::kChunked);
}

TEST(ResponseBody, KnowsBytesThatBelongToNothing) {
  ResponseBody none(BodyFraming::kNone, 0, ResponseFraming::kNone);
  EXPECT_TRUE(Relay(none, {"x"}).excess);
  ResponseBody empty(BodyFraming::kLength, 0, ResponseFraming::kLength);
  EXPECT_TRUE(empty.done());
  EXPECT_FALSE(Relay(empty, {""}).excess);
  ResponseBody counted(BodyFraming::kLength, 3, ResponseFraming::kLength);
  const Relayed relayed = Relay(counted, {"ab", "cdef"});
  EXPECT_EQ(relayed.out, "abc");
  EXPECT_EQ(relayed.state, State::kDone);
  EXPECT_TRUE(relayed.excess);
  ResponseBody chunked(BodyFraming::kChunked, 0, ResponseFraming::kChunked);
  const Relayed framed = Relay(chunked, {"1\r\na\r\n0\r\n\r\nHTTP/1.1"});
  EXPECT_EQ(framed.out, "1\r\na\r\n0\r\n\r\n");
  EXPECT_TRUE(framed.excess);
}

TEST(ResponseBody, ACloseInTheMiddleIsNoEnd) {
  ResponseBody counted(BodyFraming::kLength, 3, ResponseFraming::kLength);
  Relay(counted, {"ab"});
  EXPECT_FALSE(counted.EndsAtClose());
  ResponseBody chunked(BodyFraming::kChunked, 0, ResponseFraming::kChunked);
  Relay(chunked, {"1\r\na\r\n0\r\n"});
  EXPECT_FALSE(chunked.EndsAtClose());
  EXPECT_EQ(chunked.Closing(), "");
}

TEST(ResponseBody, NothingReadMeansNothingSent) {
  ResponseBody body(BodyFraming::kUntilClose, 0, ResponseFraming::kChunked);
  EXPECT_EQ(Relay(body, {"", ""}).out, "");
}

// Breaks off at every byte, by the connection's end or by a byte that cannot be: what went out
// with the repair is one whole chunked body whose payload ends in the text.
TEST(ResponseBody, ABrokenChunkedBodyEndsWithTheTextOrIsCut) {
  const std::string text = "event: error\ndata: {}\n\n";
  const std::vector<std::string> bodies = {kChunked, "a\r\n0123456789\r\n00\r\n\r\n",
                                           "1;a;b=c\r\nx\r\n0;end\r\n\r\n"};
  size_t ended = 0;
  for (const std::string& in : bodies) {
    for (size_t cut = 0; cut < in.size(); ++cut) {
      for (const std::string& garbage :
           std::vector<std::string>{"", "\x01", "\n", "\r", "g", "1", " "}) {
        SCOPED_TRACE(in.substr(0, cut) + " then '" + garbage + "'");
        ResponseBody body(BodyFraming::kChunked, 0, ResponseFraming::kChunked);
        const Relayed relayed = Relay(body, {in.substr(0, cut), garbage});
        if (body.done()) continue;
        std::string last;
        if (!body.EndWith(text, last)) {
          EXPECT_EQ(last, "");
          continue;
        }
        ++ended;
        std::string payload;
        ASSERT_TRUE(ReadChunked(relayed.out + last, payload)) << relayed.out + last;
        ASSERT_TRUE(payload.starts_with(relayed.observed));
        ASSERT_TRUE(payload.ends_with(text));
        const std::string filler = payload.substr(
            relayed.observed.size(), payload.size() - relayed.observed.size() - text.size());
        EXPECT_EQ(filler.find_first_not_of('\n'), std::string::npos);
      }
    }
  }
  EXPECT_GT(ended, 200U);
}

TEST(ResponseBody, ABrokenBodyThatIsReframedEndsWithTheText) {
  for (size_t cut = 0; cut < kPayload.size(); ++cut) {
    ResponseBody to_chunks(BodyFraming::kUntilClose, 0, ResponseFraming::kChunked);
    std::string out = Relay(to_chunks, {kPayload.substr(0, cut)}).out;
    ASSERT_TRUE(to_chunks.EndWith("end", out));
    std::string payload;
    ASSERT_TRUE(ReadChunked(out, payload));
    EXPECT_EQ(payload, kPayload.substr(0, cut) + "end");
  }
  for (size_t cut = 0; cut < kChunked.size() - 1; ++cut) {
    ResponseBody to_close(BodyFraming::kChunked, 0, ResponseFraming::kUntilClose);
    Relayed relayed = Relay(to_close, {kChunked.substr(0, cut)});
    ASSERT_TRUE(to_close.EndWith("end", relayed.out));
    EXPECT_EQ(relayed.out, relayed.observed + "end");
  }
}

TEST(ResponseBody, NothingCanBeAddedToACountedOrFinishedBody) {
  std::string last;
  ResponseBody counted(BodyFraming::kLength, 10, ResponseFraming::kLength);
  Relay(counted, {"abc"});
  EXPECT_FALSE(counted.EndWith("x", last));
  for (const ResponseFraming to : {ResponseFraming::kChunked, ResponseFraming::kUntilClose}) {
    ResponseBody done(BodyFraming::kChunked, 0, to);
    Relay(done, {"0\r\n\r\n"});
    EXPECT_FALSE(done.EndWith("x", last));
  }
  EXPECT_EQ(last, "");
}

TEST(ResponseBody, MalformedChunksAreNotPassedOn) {
  ResponseBody body(BodyFraming::kChunked, 0, ResponseFraming::kChunked);
  const Relayed relayed = Relay(body, {"1\r\na\r\n5\nhello\r\n0\r\n\r\n"});
  EXPECT_EQ(relayed.state, State::kMalformed);
  EXPECT_EQ(relayed.out, "1\r\na\r\n5");
  EXPECT_EQ(relayed.observed, "a");
}

}  // namespace
}  // namespace llmgw::forward
