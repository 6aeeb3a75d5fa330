#include <gtest/gtest.h>

#include <string>

#include "dataplane/net/http1/head_parser.h"
#include "tests/unit/net_http1/head_cuts.h"

namespace llmgw::net::http1 {
namespace {

constexpr std::string_view kChat =
    "POST /v1/chat/completions?x=1 HTTP/1.1\r\n"
    "Host: api.example.com:8080\r\n"
    "authorization:Bearer sk-1\r\n"
    "Content-Type: \t application/json \t\r\n"
    "X-Empty:\r\n"
    "User-Agent: caf\xc3\xa9\r\n"
    "Content-Length: 12\r\n"
    "\r\n";

RequestHead Parse(std::string_view bytes) {
  RequestHead head;
  HeadFault fault = HeadFault::kNone;
  EXPECT_EQ(ParseRequestHead(bytes, {}, head, fault), ParseStatus::kDone) << Slug(fault);
  return head;
}

std::string WithHeaders(std::string_view headers, std::string_view version = "1.1") {
  std::string head = "GET / HTTP/";
  return head.append(version).append("\r\nHost: h\r\n").append(headers).append("\r\n");
}

TEST(RequestHead, ReadsAllParts) {
  const RequestHead head = Parse(std::string(kChat) + "body not looked at \x01\n");
  EXPECT_EQ(head.head_bytes, kChat.size());
}

TEST(RequestHead, ViewsPointIntoTheBytes) {
  const RequestHead head = Parse(kChat);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?x=1");
  EXPECT_EQ(head.OriginForm(), head.target);
  EXPECT_EQ(head.minor_version, 1);
  ASSERT_EQ(head.headers.size(), 6u);
  EXPECT_EQ(head.headers[1].name, "authorization");
  EXPECT_EQ(head.headers[1].value, "Bearer sk-1");
  EXPECT_EQ(head.Find(HeaderId::kContentType)->value, "application/json");
  EXPECT_EQ(head.headers[3].value, "");
  EXPECT_EQ(head.Find(HeaderId::kCookie), nullptr);
  EXPECT_EQ(head.framing, BodyFraming::kLength);
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expect_continue);
  EXPECT_FALSE(head.upgrade);
  EXPECT_EQ(head.head_bytes, kChat.size());
}

TEST(RequestHead, WantsMoreUntilTheEmptyLine) {
  for (size_t size = 0; size < kChat.size(); ++size) {
    const std::string prefix(kChat.substr(0, size));
    EXPECT_EQ(ParseRequest(prefix), (Outcome{ParseStatus::kNeedMore, HeadFault::kNone})) << size;
  }
}

TEST(RequestHead, MovesItsViewsWithTheBytes) {
  std::string bytes(kChat);
  RequestHead head = Parse(bytes);
  const std::string moved = "xyz" + bytes;
  head.Rebase(bytes.data(), moved.data() + 3);
  bytes.assign(bytes.size(), '?');
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?x=1");
  EXPECT_EQ(head.headers[0].name, "Host");
  EXPECT_EQ(head.headers[0].value, "api.example.com:8080");
  EXPECT_EQ(head.headers[3].value, "");
}

TEST(RequestHead, StartsOverWhenReused) {
  RequestHead head;
  HeadFault fault;
  const std::string first = WithHeaders("Transfer-Encoding: chunked\r\nConnection: close\r\n");
  const std::string second = WithHeaders("");
  EXPECT_EQ(ParseRequestHead(first, {}, head, fault), ParseStatus::kDone);
  EXPECT_EQ(head.framing, BodyFraming::kChunked);
  EXPECT_EQ(ParseRequestHead(second, {}, head, fault), ParseStatus::kDone);
  EXPECT_EQ(head.framing, BodyFraming::kNone);
  EXPECT_EQ(head.headers.size(), 1u);
  EXPECT_TRUE(head.keep_alive);
}

TEST(RequestHead, SkipsTwoEmptyLinesBeforeTheRequest) {
  const std::string bytes = "\r\n\r\n" + std::string(kChat);
  const RequestHead head = Parse(bytes);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.head_bytes, bytes.size());
  EXPECT_EQ(ParseRequest("\r\n\r\n\r\n").fault, HeadFault::kLeadingEmptyLines);
}

TEST(RequestHead, AcceptsTheTargetFormsOfARequestToAnOrigin) {
  const struct {
    std::string_view line;
    std::string_view origin_form;
  } cases[] = {
      {"GET / HTTP/1.1", "/"},
      {"GET /a%20b/{x}|y?q=[1]&r=\"z\" HTTP/1.1", "/a%20b/{x}|y?q=[1]&r=\"z\""},
      {"OPTIONS * HTTP/1.1", "*"},
      {"GET http://api.example.com/v1/models?x HTTP/1.1", "/v1/models?x"},
      {"GET HTTPS://api.example.com:443 HTTP/1.1", "/"},
      {"GET http://[::1]:80/a HTTP/1.1", "/a"},
      {"GET //double HTTP/1.1", "//double"},
      {"GET /v1/gpt-3.5/.a/..b/.../c..?x=../.. HTTP/1.1", "/v1/gpt-3.5/.a/..b/.../c..?x=../.."},
      {"GET /100%/%2ehidden/% HTTP/1.1", "/100%/%2ehidden/%"},
      {"M-SEARCH /x HTTP/1.1", "/x"},
  };
  for (const auto& c : cases) {
    const std::string bytes = std::string(c.line) + "\r\nHost: h\r\n\r\n";
    EXPECT_EQ(Parse(bytes).OriginForm(), c.origin_form) << c.line;
  }
}

TEST(RequestHead, AcceptsTheUsualHosts) {
  for (const std::string host : {"h", "a.b-c.example:1", "127.0.0.1:8080", "[::1]", "[fe80::1]:80",
                                 "xn--bcher-kva.example", "under_score:65535"}) {
    EXPECT_EQ(ParseRequest("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status,
              ParseStatus::kDone)
        << host;
  }
  EXPECT_EQ(ParseRequest("GET / HTTP/1.0\r\n\r\n").status, ParseStatus::kDone);
}

TEST(RequestHead, KeepsTheConnectionByVersionAndOption) {
  const struct {
    std::string_view version;
    std::string_view headers;
    bool keep_alive;
  } cases[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: CLOSE\r\n", false},
      {"1.1", "Connection: x, close\r\n", false},
      {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
      {"1.1", "Connection: closed\r\n", true},
      {"1.1", "Proxy-Connection: close\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
  };
  for (const auto& c : cases) {
    const std::string bytes = WithHeaders(c.headers, c.version);
    EXPECT_EQ(Parse(bytes).keep_alive, c.keep_alive) << bytes;
  }
}

TEST(RequestHead, ReadsFraming) {
  const auto framing = [](std::string headers) {
    const std::string bytes = WithHeaders(headers);
    const RequestHead head = Parse(bytes);
    return std::pair(head.framing, head.content_length);
  };
  EXPECT_EQ(framing(""), std::pair(BodyFraming::kNone, uint64_t{0}));
  EXPECT_EQ(framing("Content-Length: 0\r\n"), std::pair(BodyFraming::kLength, uint64_t{0}));
  EXPECT_EQ(framing("content-length:536870912\r\n"),
            std::pair(BodyFraming::kLength, uint64_t{536870912}));
  EXPECT_EQ(framing("Content-Length: 9223372036854775807 \r\n"),
            std::pair(BodyFraming::kLength, uint64_t{INT64_MAX}));
  EXPECT_EQ(framing("Transfer-Encoding: chunked\r\n"),
            std::pair(BodyFraming::kChunked, uint64_t{0}));
  EXPECT_EQ(framing("transfer-encoding:Chunked\r\n"),
            std::pair(BodyFraming::kChunked, uint64_t{0}));
}

TEST(RequestHead, SeesExpectAndUpgrade) {
  const std::string expecting = WithHeaders("Expect: 100-Continue\r\nContent-Length: 1\r\n");
  EXPECT_TRUE(Parse(expecting).expect_continue);
  const std::string old = WithHeaders("Expect: 100-continue\r\n", "1.0");
  EXPECT_FALSE(Parse(old).expect_continue);
  const std::string upgrading = WithHeaders("Upgrade: websocket\r\nConnection: Upgrade\r\n");
  EXPECT_TRUE(Parse(upgrading).upgrade);
  const std::string unnamed = WithHeaders("Upgrade: websocket\r\n");
  EXPECT_FALSE(Parse(unnamed).upgrade);
}

TEST(RequestHead, AcceptsHeadsUpToTheLimits) {
  HeadLimits limits;
  limits.max_head_bytes = kChat.size();
  limits.max_headers = 6;
  limits.max_target_bytes = std::string_view("/v1/chat/completions?x=1").size();
  EXPECT_EQ(ParseRequest(std::string(kChat) + "body", limits).status, ParseStatus::kDone);
}

TEST(RequestHead, RefusesHeadsOverALimitWithTheirStatus) {
  HeadLimits limits;
  limits.max_head_bytes = kChat.size() - 1;
  EXPECT_EQ(ParseRequest(kChat, limits).fault, HeadFault::kHeadTooLong);
  EXPECT_EQ(HttpStatus(HeadFault::kHeadTooLong), 431);
  limits = {};
  limits.max_headers = 5;
  EXPECT_EQ(ParseRequest(kChat, limits).fault, HeadFault::kTooManyHeaders);
  EXPECT_EQ(HttpStatus(HeadFault::kTooManyHeaders), 431);
  limits = {};
  limits.max_target_bytes = std::string_view("/v1/chat/completions?x=1").size() - 1;
  EXPECT_EQ(ParseRequest(kChat, limits).fault, HeadFault::kTargetTooLong);
  EXPECT_EQ(HttpStatus(HeadFault::kTargetTooLong), 414);
}

TEST(RequestHead, RefusesWhatCanOnlyGrowOverALimitBeforeItIsComplete) {
  const std::string target = "GET /" + std::string(9000, 'a');
  EXPECT_EQ(ParseRequest(target).fault, HeadFault::kTargetTooLong);
  const std::string value = "GET / HTTP/1.1\r\nX: " + std::string(40000, 'a');
  EXPECT_EQ(ParseRequest(value).fault, HeadFault::kHeadTooLong);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 129; ++i) many += "X: y\r\n";
  EXPECT_EQ(ParseRequest(many).fault, HeadFault::kTooManyHeaders);
}

}  // namespace
}  // namespace llmgw::net::http1
