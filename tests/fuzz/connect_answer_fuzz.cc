#include <string>
#include <string_view>

#include "dataplane/net/http1/connect_answer.h"
#include "tests/fuzz/check.h"

using namespace llmgw::net::http1;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 2000) return 0;
  using State = ConnectAnswer::State;
  for (size_t length = 0; length <= size; ++length) {
    const std::string prefix(bytes.substr(0, length));  // exactly that long, for the sanitizer
    const ConnectAnswer answer = JudgeConnectAnswer(prefix);
    FUZZ_CHECK((answer.state == State::kRefused) == !answer.why.empty());
    for (const char c : answer.why) FUZZ_CHECK(c >= ' ' && c < 0x7f);
    if (answer.state == State::kNeedMore) continue;
    if (answer.state == State::kOpen) {
      FUZZ_CHECK(answer.status >= 200 && answer.status < 300);
      FUZZ_CHECK(prefix.starts_with("HTTP/1.") && prefix.ends_with("\r\n\r\n"));
      // One byte more is somebody speaking out of turn.
      FUZZ_CHECK(JudgeConnectAnswer(prefix + "x").state == State::kRefused);
      return 0;
    }
    // Refused once is refused for good.
    FUZZ_CHECK(JudgeConnectAnswer(bytes).state == State::kRefused);
    return 0;
  }
  return 0;
}
