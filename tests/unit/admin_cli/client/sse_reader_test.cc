#include "admin-cli/client/sse_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace llmgw::admin_cli {
namespace {

std::vector<std::string> Events(const std::vector<std::string>& pieces) {
  std::vector<std::string> events;
  SseReader reader([&events](std::string_view event, std::string_view data) {
    events.push_back(std::string(event) + "|" + std::string(data));
  });
  for (const std::string& piece : pieces) reader.Feed(piece);
  return events;
}

TEST(SseReader, CutsEventsAtBlankLinesWhateverTheLineEnding) {
  const std::vector<std::string> expected = {"|a", "error|b"};
  EXPECT_EQ(Events({"data: a\n\nevent: error\ndata: b\n\n"}), expected);
  EXPECT_EQ(Events({"data: a\r\n\r\nevent: error\r\ndata: b\r\n\r\n"}), expected);
  EXPECT_EQ(Events({"data:a\r\revent:error\rdata:b\r\r"}), expected);
}

TEST(SseReader, DoesNotCareHowTheStreamIsCutIntoPieces) {
  const std::string stream = "data: one\r\n\r\n: comment\r\ndata: two\r\ndata: lines\r\n\r\n";
  std::vector<std::string> pieces;
  for (const char c : stream) pieces.emplace_back(1, c);
  EXPECT_EQ(Events(pieces), (std::vector<std::string>{"|one", "|two\nlines"}));
}

TEST(SseReader, HoldsAnEventBackUntilItIsWhole) { EXPECT_TRUE(Events({"data: half\n"}).empty()); }

}  // namespace
}  // namespace llmgw::admin_cli
