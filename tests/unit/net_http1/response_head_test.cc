#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "dataplane/net/http1/head_parser.h"
#include "tests/unit/net_http1/head_cuts.h"

namespace llmgw::net::http1 {
namespace {

using namespace std::string_view_literals;

ResponseHead Parse(const std::string& bytes, std::string_view method = "POST") {
  ResponseHead head;
  HeadFault fault = HeadFault::kNone;
  EXPECT_EQ(ParseResponseHead(bytes, {}, method, head, fault), ParseStatus::kDone)
      << Slug(fault) << ": " << bytes;
  return head;
}

TEST(ResponseHead, ReadsAllParts) {
  const std::string bytes =
      "HTTP/1.1 404 Not \tFound\r\nContent-Type: text/plain\r\ncontent-length: 5\r\n\r\n";
  const ResponseHead head = Parse(bytes + "hello");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.headers.size(), 2u);
  EXPECT_EQ(head.framing, BodyFraming::kLength);
  EXPECT_EQ(head.content_length, 5u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.head_bytes, bytes.size());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseResponse(bytes.substr(0, size)).status, ParseStatus::kNeedMore) << size;
  }
}

TEST(ResponseHead, ToleratesAnEmptyOrMissingReason) {
  const std::string bytes = "HTTP/1.1 200 A \xc3\xa9\r\n\r\n";
  EXPECT_EQ(Parse(bytes).reason, "A \xc3\xa9");
  EXPECT_EQ(Parse("HTTP/1.1 200 \r\n\r\n").reason, "");
  EXPECT_EQ(Parse("HTTP/1.1 200\r\n\r\n").status, 200);
}

TEST(ResponseHead, FramesBodies) {
  const struct {
    std::string_view method;
    std::string_view status;
    std::string_view headers;
    BodyFraming framing;
    bool keep_alive;
  } cases[] = {
      {"GET", "1.1 200", "Content-Length: 0\r\n", BodyFraming::kLength, true},
      {"GET", "1.1 200", "Transfer-Encoding: chunked\r\n", BodyFraming::kChunked, true},
      {"GET", "1.1 200", "Transfer-Encoding: chunked\r\nConnection: close\r\n",
       BodyFraming::kChunked, false},
      {"GET", "1.1 200", "", BodyFraming::kUntilClose, false},
      {"GET", "1.1 200", "Connection: keep-alive\r\n", BodyFraming::kUntilClose, false},
      {"GET", "1.0 200", "Content-Length: 5\r\n", BodyFraming::kLength, false},
      {"GET", "1.0 200", "Content-Length: 5\r\nConnection: keep-alive\r\n", BodyFraming::kLength,
       true},
      {"GET", "1.0 200", "Connection: keep-alive\r\n", BodyFraming::kUntilClose, false},
      {"GET", "1.1 200", "Content-Length: 5\r\nContent-Length: 5\r\n", BodyFraming::kLength, true},
      {"HEAD", "1.1 200", "Content-Length: 5\r\n", BodyFraming::kNone, true},
      {"HEAD", "1.1 200", "Transfer-Encoding: chunked\r\n", BodyFraming::kNone, true},
      {"GET", "1.1 304", "Content-Length: 5\r\n", BodyFraming::kNone, true},
      {"GET", "1.1 204", "", BodyFraming::kNone, true},
      {"GET", "1.1 204", "Content-Length: 5\r\n", BodyFraming::kNone, false},
      {"GET", "1.1 204", "Transfer-Encoding: chunked\r\n", BodyFraming::kNone, false},
      {"GET", "1.0 204", "Content-Length: 5\r\nConnection: keep-alive\r\n", BodyFraming::kNone,
       false},
      {"GET", "1.0 204", "Connection: keep-alive\r\n", BodyFraming::kNone, true},
      {"GET", "1.1 100", "", BodyFraming::kNone, true},
      {"GET", "1.1 103", "Link: x\r\n", BodyFraming::kNone, true},
      {"GET", "1.1 101", "Connection: upgrade\r\nUpgrade: x\r\n", BodyFraming::kNone, true},
  };
  for (const auto& c : cases) {
    std::string bytes = "HTTP/";
    bytes.append(c.status).append(" X\r\n").append(c.headers).append("\r\n");
    const ResponseHead head = Parse(bytes, c.method);
    EXPECT_EQ(head.framing, c.framing) << c.method << ' ' << bytes;
    EXPECT_EQ(head.keep_alive, c.keep_alive) << c.method << ' ' << bytes;
  }
}

TEST(ResponseHead, RefusesTheSameInEveryCut) {
  const struct {
    std::string_view bytes;
    HeadFault fault;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"sv,
       HeadFault::kConflictingContentLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n"sv, HeadFault::kBadContentLength},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"sv,
       HeadFault::kContentLengthWithTransferEncoding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"sv,
       HeadFault::kUnknownTransferEncoding},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"sv,
       HeadFault::kTransferEncodingInHttp10},
      {"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"sv, HeadFault::kObsoleteLineFolding},
      {"HTTP/1.1 200 OK\r\nX : a\r\n\r\n"sv, HeadFault::kBadFieldName},
      {"HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"HTTP/1.1 200 OK\nX: a\n\n"sv, HeadFault::kBareLineFeed},
      {"HTTP/1.1 20 OK\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/1.1 099 OK\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/1.1 2000 OK\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/1.1 2x0 OK\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/1.1  200 OK\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/1.1\r\n\r\n"sv, HeadFault::kBadStatusLine},
      {"HTTP/2.0 200 OK\r\n\r\n"sv, HeadFault::kVersionNotSupported},
      {"SSH-2.0-OpenSSH_9.2\r\n"sv, HeadFault::kBadVersion},
      {"{\"error\":1}"sv, HeadFault::kBadVersion},
  };
  for (const auto& c : cases) {
    const Outcome expected{ParseStatus::kError, c.fault};
    EXPECT_EQ(ParseResponse(c.bytes), expected) << c.bytes;
    EXPECT_EQ(ParseGrowing(c.bytes, 1, [](std::string_view b) { return ParseResponse(b); }),
              expected)
        << c.bytes;
  }
}

}  // namespace
}  // namespace llmgw::net::http1
