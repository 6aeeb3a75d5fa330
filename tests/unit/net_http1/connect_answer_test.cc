#include "dataplane/net/http1/connect_answer.h"

#include <gtest/gtest.h>

namespace llmgw::net::http1 {
namespace {

using State = ConnectAnswer::State;

TEST(ConnectAnswer, IsOpenAtTheEndOfThe2xxHeadHoweverItComes) {
  for (const std::string answer :
       {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nProxy-Agent: x\r\n\r\n",
        "HTTP/1.1 299\r\n\r\n",
        // To be ignored in a 2xx to CONNECT (RFC 9110 9.3.6).
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
    for (size_t size = 0; size < answer.size(); ++size) {
      ASSERT_EQ(JudgeConnectAnswer(answer.substr(0, size)).state, State::kNeedMore)
          << answer.substr(0, size);
    }
    EXPECT_EQ(JudgeConnectAnswer(answer).state, State::kOpen) << answer;
  }
}

TEST(ConnectAnswer, EveryOtherStatusIsARefusalThatNamesIt) {
  for (const int status : {300, 302, 400, 403, 407, 502, 503, 504, 599}) {
    const ConnectAnswer answer = JudgeConnectAnswer(
        "HTTP/1.1 " + std::to_string(status) + " secret words\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_EQ(answer.state, State::kRefused);
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(answer.why.find(std::to_string(status)), std::string::npos) << answer.why;
    EXPECT_EQ(answer.why.find("secret"), std::string::npos) << answer.why;
  }
  EXPECT_NE(JudgeConnectAnswer("HTTP/1.1 407 x\r\n\r\n").why.find("credentials"),
            std::string::npos);
  EXPECT_EQ(JudgeConnectAnswer("HTTP/1.1 101 x\r\n\r\n").state, State::kRefused);
}

TEST(ConnectAnswer, BytesBehindAnOpenTunnelAreNotTrusted) {
  const ConnectAnswer answer = JudgeConnectAnswer("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(answer.state, State::kRefused);
}

TEST(ConnectAnswer, WhatIsNotHttpIsRefusedAtOnce) {
  for (const char* bytes :
       {"SSH-2.0-x\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "\x16\x03\x01",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n"}) {
    EXPECT_EQ(JudgeConnectAnswer(bytes).state, State::kRefused) << bytes;
  }
}

TEST(ConnectAnswer, IsBounded) {
  const std::string head = "HTTP/1.1 200 OK\r\nX: ";
  EXPECT_EQ(JudgeConnectAnswer(head + std::string(kLongestConnectAnswer, 'x')).state,
            State::kRefused);
  std::string interim;
  while (interim.size() <= kLongestConnectAnswer) interim += "HTTP/1.1 100 x\r\n\r\n";
  EXPECT_EQ(JudgeConnectAnswer(interim).state, State::kRefused);
}

}  // namespace
}  // namespace llmgw::net::http1
