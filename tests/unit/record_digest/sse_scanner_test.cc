#include "dataplane/record/digest/sse_scanner.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace llmgw::record {
namespace {

struct Seen {
  std::string type;
  std::string data;
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << '[' << seen.type << "|" << seen.data.substr(0, 100) << ']';
}

std::vector<Seen> Scan(std::string_view stream, size_t step, bool finish = false) {
  SseScanner scanner;
  std::vector<Seen> events;
  const auto take = [&events](const SseEvent& event) {
    events.push_back({std::string(event.type), std::string(event.data)});
  };
  for (size_t at = 0; at < stream.size(); at += step) {
    const std::string piece(stream.substr(at, step));
    scanner.Feed(piece, take);
  }
  if (finish) scanner.Finish(take);
  return events;
}

void ExpectEvents(std::string_view stream, const std::vector<Seen>& expected) {
  for (size_t step = 1; step <= stream.size(); ++step) {
    EXPECT_EQ(Scan(stream, step), expected) << "in steps of " << step << ": " << stream;
  }
}

TEST(SseScanner, SplitsEvents) {
  ExpectEvents("data: {\"a\":1}\n\ndata: [DONE]\n\n", {{"", "{\"a\":1}"}, {"", "[DONE]"}});
}

TEST(SseScanner, KnowsAllLineEnds) {
  ExpectEvents("data: a\r\n\r\ndata: b\r\rdata: c\n\ndata: d\r\n\ndata: e\n\r\ndata: f\r\n\r",
               {{"", "a"}, {"", "b"}, {"", "c"}, {"", "d"}, {"", "e"}, {"", "f"}});
}

TEST(SseScanner, JoinsDataLines) {
  ExpectEvents("data: a\ndata:b\ndata\ndata:  c\n\n", {{"", "a\nb\n\n c"}});
  ExpectEvents("data\n\ndata\ndata\n\ndata:\n\n", {{"", ""}, {"", "\n"}, {"", ""}});
}

TEST(SseScanner, ReadsTypesAndIgnoresTheRest) {
  ExpectEvents(
      ": comment\nevent: message_start\nid: 7\nretry: 10\ndata: x\nnonsense\n\n"
      "data: y\n\nevent: lost\n\ndata: z\nevent: late\n\nevent:a\nevent:b\ndata:c\n\n",
      {{"message_start", "x"}, {"", "y"}, {"late", "z"}, {"b", "c"}});
  ExpectEvents(": ping\n\n: ping\n\n", {});
}

TEST(SseScanner, SkipsAByteOrderMarkAtTheStartOnly) {
  ExpectEvents(
      "\xef\xbb\xbf"
      "data: a\n\n\xef\xbb\xbf"
      "data: b\n\ndata: c\n\n",
      {{"", "a"}, {"", "c"}});
  ExpectEvents(
      "\xef\xbb"
      "data: a\n\ndata: b\n\n",
      {{"", "b"}});
}

TEST(SseScanner, HandsOutNothingBeforeTheEmptyLine) {
  EXPECT_TRUE(Scan("data: a\n", 100).empty());
  EXPECT_TRUE(Scan("data: a", 100).empty());
}

TEST(SseScanner, FinishTakesAnEventThatLacksItsEmptyLine) {
  for (const std::string_view stream : {"data: a\n\ndata: [DONE]\n", "data: a\n\ndata: [DONE]"}) {
    for (size_t step = 1; step <= stream.size(); ++step) {
      EXPECT_EQ(Scan(stream, step, true), (std::vector<Seen>{{"", "a"}, {"", "[DONE]"}}));
    }
  }
  EXPECT_EQ(Scan("data: a\n\n: x", 3, true), (std::vector<Seen>{{"", "a"}}));
}

TEST(SseScanner, HandsOutWholeEventsWithoutCopying) {
  SseScanner scanner;
  const std::string stream = "event: e\ndata: abc\n\n";
  scanner.Feed(stream, [&stream](const SseEvent& event) {
    EXPECT_EQ(event.data.data(), stream.data() + 15);
    EXPECT_EQ(event.type.data(), stream.data() + 7);
  });
}

TEST(SseScanner, SkipsOversizedEventsWhateverTheCut) {
  const std::string big(SseScanner::kMaxEventBytes, 'x');
  const std::string fits = "data:" + big.substr(5) + "\n\n";
  const std::string stream = "data: a\n\ndata:" + big + "\n\n" + fits + "data: " + big.substr(100) +
                             "\ndata: " + big.substr(0, 200) + "\n\ndata: b\n\n";
  for (const size_t step : {size_t{1000}, size_t{4096}, size_t{65537}, stream.size()}) {
    SseScanner scanner;
    std::vector<size_t> sizes;
    for (size_t at = 0; at < stream.size(); at += step) {
      scanner.Feed(std::string_view(stream).substr(at, step),
                   [&sizes](const SseEvent& event) { sizes.push_back(event.data.size()); });
    }
    EXPECT_EQ(sizes, (std::vector<size_t>{1, big.size() - 5, 1})) << step;
    EXPECT_EQ(scanner.oversized_events(), 2u);
  }
}

TEST(SseScanner, KnowsWhetherItStandsInsideAnEvent) {
  SseScanner scanner;
  const auto after = [&scanner](std::string_view bytes) {
    scanner.Feed(bytes, [](const SseEvent&) {});
    return scanner.mid_event();
  };
  EXPECT_FALSE(after(""));
  EXPECT_FALSE(after("data: a\n\n"));
  EXPECT_TRUE(after("da"));
  EXPECT_TRUE(after("ta: b\n"));
  EXPECT_FALSE(after("\n"));
  EXPECT_TRUE(after(": com"));
  EXPECT_FALSE(after("ment\r"));
  EXPECT_FALSE(after("\n\r\n"));
  EXPECT_TRUE(after("event: x\n"));
  EXPECT_FALSE(after("\n"));
}

}  // namespace
}  // namespace llmgw::record
