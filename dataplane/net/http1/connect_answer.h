#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dataplane/net/http1/head.h"

namespace llmgw::net::http1 {

// What a proxy says to CONNECT (RFC 9110 9.3.6).
struct ConnectAnswer {
  enum class State : uint8_t { kNeedMore, kOpen, kRefused };
  State state = State::kNeedMore;
  int status = 0;   // of the final answer; 0: it was none
  std::string why;  // kRefused: one line for people, without any of the proxy's own words
};

// Judges all bytes that have come so far; ask again with more. Open is a 2xx whose head is the last
// that came: what is behind it would be from the target, which speaks TLS and so never first.
// Interim answers (1xx) before it are passed over. Anything that is no HTTP answer, or longer than
// kLongestConnectAnswer, is refused. Pure.
ConnectAnswer JudgeConnectAnswer(std::string_view bytes);
inline constexpr size_t kLongestConnectAnswer = 16 * 1024;

}  // namespace llmgw::net::http1
