#include "dataplane/net/http1/early_answer.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmgw::net::http1 {
namespace {

// Interim heads are tiny; one that is not is left to the parser of response heads.
constexpr size_t kLongestInterimHead = 1024;

// Whether `head` is, as far as it goes, the beginning of an interim response. 101 is none here: it
// ends HTTP on the connection.
bool BeginsInterim(std::string_view head) {
  static constexpr std::string_view kVersion = "HTTP/1.";
  if (head.substr(0, kVersion.size()) != kVersion.substr(0, head.size())) return false;
  if (head.size() > 8 && head[8] != ' ') return false;
  if (head.size() > 9 && head[9] != '1') return false;
  return head.size() < 12 || head.substr(9, 3) != "101";
}

}  // namespace

bool FinalAnswerWaits(Stream& server) {
  std::array<char, kLongestInterimHead> bytes;
  while (true) {
    const IoResult peeked = server.TryPeek(bytes);
    if (peeked.status == IoStatus::kAgain) return false;
    if (!peeked.ok()) return true;
    const std::string_view head(bytes.data(), peeked.bytes);
    if (!BeginsInterim(head)) return true;
    const size_t end = head.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (head.size() == bytes.size() || server.descriptor().hung_up()) return true;
      // The rest of it is an event of its own.
      server.descriptor().ClearReady(kReadable);
      return false;
    }
    if (!server.TryRead(std::span<char>(bytes).first(end + 4)).ok()) return true;
  }
}

}  // namespace llmgw::net::http1
