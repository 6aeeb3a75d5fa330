#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "dataplane/net/http1/head_parser.h"
#include "tests/unit/net_http1/head_cuts.h"

namespace llmgw::net::http1 {
namespace {

using namespace std::string_view_literals;

struct Refusal {
  std::string_view bytes;
  HeadFault fault;
};

// The outcome must not depend on how the bytes arrive, nor on what follows the head.
void ExpectRefused(std::string_view bytes, HeadFault fault) {
  const Outcome expected{ParseStatus::kError, fault};
  EXPECT_EQ(ParseRequest(bytes), expected) << bytes;
  for (const size_t step : {1u, 2u, 7u, 64u}) {
    EXPECT_EQ(ParseGrowing(bytes, step, [](std::string_view b) { return ParseRequest(b); }),
              expected)
        << "in steps of " << step << ": " << bytes;
  }
  const std::string followed = std::string(bytes) + "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(ParseRequest(followed), expected) << bytes;
}

// Wraps header lines into an otherwise good request.
void ExpectHeadersRefused(std::string_view headers, HeadFault fault,
                          std::string_view version = "1.1"sv) {
  std::string bytes = "POST /v1/x HTTP/";
  bytes.append(version).append("\r\nHost: h\r\n").append(headers).append("\r\n");
  ExpectRefused(bytes, fault);
}

TEST(RequestHeadRefusals, RequestLine) {
  const Refusal cases[] = {
      {"GET /\r\nHost: h\r\n\r\n"sv, HeadFault::kBadRequestLine},
      {"GET\r\nHost: h\r\n\r\n"sv, HeadFault::kBadRequestLine},
      {"GET  HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadRequestLine},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadTarget},
      {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadTarget},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n"sv, HeadFault::kBadVersion},
      {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadTarget},
      {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadMethod},
      {"GET /\tHTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadRequestLine},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadMethod},
      {"get / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadMethod},
      {"GE(T / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadMethod},
      {"G\xc3\x89T / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBadMethod},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n\r\n"sv, HeadFault::kBadMethod},
      {"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kMethodNotImplemented},
      {"TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kMethodNotImplemented},
  };
  for (const Refusal& c : cases) ExpectRefused(c.bytes, c.fault);
}

TEST(RequestHeadRefusals, Target) {
  for (const std::string_view target : {"v1/models"sv,
                                        "*"sv,
                                        "#"sv,
                                        "/a#b"sv,
                                        "/caf\xc3\xa9"sv,
                                        "?x"sv,
                                        "ftp://h/a"sv,
                                        "http://"sv,
                                        "http:///a"sv,
                                        "http://user@h/a"sv,
                                        "http://h?x"sv,
                                        "http://h:port/"sv,
                                        "http:/h"sv,
                                        "h:443"sv,
                                        "javascript:x"sv,
                                        "/.."sv,
                                        "/v1/../x"sv,
                                        "/v1/./x"sv,
                                        "/v1/..?a"sv,
                                        "/v1/%2e%2E/x"sv,
                                        "/v1/.%2e"sv,
                                        "/v1/..%2fx"sv,
                                        "/v1/..%5Cx"sv,
                                        "/v1/..\\x"sv,
                                        "/a\\..\\b"sv,
                                        "http://h/../x"sv}) {
    ExpectRefused("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n",
                  HeadFault::kBadTarget);
  }
}

TEST(RequestHeadRefusals, Version) {
  for (const std::string_view version : {"HTTP/2.0"sv, "HTTP/0.9"sv, "HTTP/1.2"sv, "HTTP/3.7"sv}) {
    ExpectRefused("GET / " + std::string(version) + "\r\nHost: h\r\n\r\n",
                  HeadFault::kVersionNotSupported);
  }
  for (const std::string_view version : {"HTTP/1"sv, "HTTP/1.10"sv, "http/1.1"sv, "HTTP/1,1"sv,
                                         "HTTPS/1.1"sv, "HTTP/11"sv, "ICAP/1.0"sv, "HTTP/ 1.1"sv}) {
    const Outcome outcome = ParseRequest("GET / " + std::string(version) + "\r\nHost: h\r\n\r\n");
    EXPECT_EQ(HttpStatus(outcome.fault), 400) << version;
  }
  ExpectRefused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HeadFault::kVersionNotSupported);
  EXPECT_EQ(HttpStatus(HeadFault::kVersionNotSupported), 505);
}

TEST(RequestHeadRefusals, LineEndsAndControlCharacters) {
  const Refusal cases[] = {
      {"GET / HTTP/1.1\nHost: h\n\n"sv, HeadFault::kBareLineFeed},
      {"\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kBareLineFeed},
      {"GET / HTTP/1.1\r\nHost: h\n\r\n"sv, HeadFault::kBareLineFeed},
      {"GET / HTTP/1.1\r\nHost: h\r\n\n"sv, HeadFault::kBareLineFeed},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\nContent-Length: 5\r\n\r\n"sv, HeadFault::kBareLineFeed},
      {"GET / HTTP/1.1\rHost: h\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\rContent-Length: 5\r\n\r\n"sv,
       HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\x0b\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\x7f\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET / HTTP/1.1\r\nHost: h\r\nX\0: a\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kControlCharacter},
      {"GET /\x1b HTTP/1.1\r\nHost: h\r\n\r\n"sv, HeadFault::kControlCharacter},
  };
  for (const Refusal& c : cases) ExpectRefused(c.bytes, c.fault);
}

TEST(RequestHeadRefusals, EveryControlCharacterInAValue) {
  for (int c = 0; c < 0x80; ++c) {
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) continue;
    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(80, 'v') +
                              static_cast<char>(c) + "w\r\n\r\n";
    EXPECT_EQ(ParseRequest(bytes).status, ParseStatus::kError) << c;
  }
}

TEST(RequestHeadRefusals, ATlsHelloAtOnce) {
  EXPECT_EQ(ParseRequest("\x16\x03\x01\x02"sv).status, ParseStatus::kError);
  EXPECT_EQ(ParseRequest("\x80"sv).status, ParseStatus::kError);
}

TEST(RequestHeadRefusals, FieldNamesAndFolding) {
  const struct {
    std::string_view headers;
    HeadFault fault;
  } cases[] = {
      {"Content-Length : 5\r\n", HeadFault::kBadFieldName},
      {"Content-Length\t: 5\r\n", HeadFault::kBadFieldName},
      {"Transfer-Encoding : chunked\r\n", HeadFault::kBadFieldName},
      {" Content-Length: 5\r\n", HeadFault::kObsoleteLineFolding},
      {"\tContent-Length: 5\r\n", HeadFault::kObsoleteLineFolding},
      {"X: a\r\n b\r\n", HeadFault::kObsoleteLineFolding},
      {"X: a\r\n \r\n", HeadFault::kObsoleteLineFolding},
      {": x\r\n", HeadFault::kBadFieldName},
      {"X\r\n", HeadFault::kMissingColon},
      {"X(y): a\r\n", HeadFault::kBadFieldName},
      {"Caf\xc3\xa9: a\r\n", HeadFault::kBadFieldName},
      {"\"X\": a\r\n", HeadFault::kBadFieldName},
      {"X Y: a\r\n", HeadFault::kBadFieldName},
      {"Content_Length: 5\r\n", HeadFault::kBadFieldName},
      {"transfer_ENCODING: chunked\r\n", HeadFault::kBadFieldName},
  };
  for (const auto& c : cases) ExpectHeadersRefused(c.headers, c.fault);
  ExpectRefused("GET / HTTP/1.1\r\n Host: h\r\n\r\n", HeadFault::kObsoleteLineFolding);
}

TEST(RequestHeadRefusals, Host) {
  ExpectRefused("GET / HTTP/1.1\r\n\r\n", HeadFault::kMissingHost);
  ExpectRefused("GET http://h/ HTTP/1.1\r\n\r\n", HeadFault::kMissingHost);
  ExpectHeadersRefused("Host: h\r\n", HeadFault::kRepeatedHost);
  ExpectHeadersRefused("Host: other\r\n", HeadFault::kRepeatedHost, "1.0");
  for (const std::string_view host :
       {""sv, "a b"sv, "a,b"sv, "a/b"sv, "u@h"sv, "h:"sv, "h:x"sv, "h:65536"sv, "h:123456"sv,
        "h:1:2"sv, "[::1"sv, "[zz::1]"sv, "[]"sv, "h#"sv, "caf\xc3\xa9"sv, "a\tb"sv, "%41"sv}) {
    ExpectRefused("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", HeadFault::kBadHost);
  }
}

TEST(RequestHeadRefusals, ContentLength) {
  ExpectHeadersRefused("Content-Length: 5\r\nContent-Length: 6\r\n",
                       HeadFault::kConflictingContentLength);
  ExpectHeadersRefused("Content-Length: 5\r\ncontent-length: 5\r\n",
                       HeadFault::kConflictingContentLength);
  for (const std::string_view value : {""sv,
                                       "5, 5"sv,
                                       "5,6"sv,
                                       "+5"sv,
                                       "-5"sv,
                                       "0x5"sv,
                                       "5 5"sv,
                                       "5;"sv,
                                       "five"sv,
                                       "5.0"sv,
                                       "05"sv,
                                       "00"sv,
                                       "9223372036854775808"sv,
                                       "18446744073709551616"sv,
                                       "99999999999999999999999"sv,
                                       "\t5"sv,
                                       "5\t"sv,
                                       "\xc2\xb2"sv,
                                       "1e3"sv,
                                       "'5'"sv}) {
    ExpectHeadersRefused("Content-Length: " + std::string(value) + "\r\n",
                         HeadFault::kBadContentLength);
  }
}

TEST(RequestHeadRefusals, TransferEncoding) {
  ExpectHeadersRefused("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                       HeadFault::kContentLengthWithTransferEncoding);
  ExpectHeadersRefused("Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
                       HeadFault::kContentLengthWithTransferEncoding);
  ExpectHeadersRefused("Transfer-Encoding: chunked\r\n", HeadFault::kTransferEncodingInHttp10,
                       "1.0");
  ExpectHeadersRefused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                       HeadFault::kBadTransferEncoding);
  ExpectHeadersRefused("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                       HeadFault::kBadTransferEncoding);
  for (const std::string_view value : {""sv,
                                       "chunked, chunked"sv,
                                       "chunked, identity"sv,
                                       "identity, chunked"sv,
                                       "xchunked"sv,
                                       "chunkedx"sv,
                                       "x-chunked"sv,
                                       "chunked;q=1"sv,
                                       "\"chunked\""sv,
                                       "'chunked'"sv,
                                       "chunked,"sv,
                                       ",chunked"sv,
                                       "chunked, gzip"sv,
                                       "gzip,,chunked"sv,
                                       "gzip , chunked"sv,
                                       "\tchunked"sv,
                                       "chunked\t"sv,
                                       "chunked "sv,
                                       " chunked"sv,
                                       "chu nked"sv,
                                       "chunked\xa0"sv,
                                       "gzip xyz"sv}) {
    ExpectHeadersRefused("Transfer-Encoding: " + std::string(value) + "\r\n",
                         HeadFault::kBadTransferEncoding);
  }
  for (const std::string_view value :
       {"gzip"sv, "gzip, chunked"sv, "gzip,chunked"sv, "br"sv, "identity"sv, "deflate, gzip"sv}) {
    ExpectHeadersRefused("Transfer-Encoding: " + std::string(value) + "\r\n",
                         HeadFault::kUnknownTransferEncoding);
  }
  EXPECT_EQ(HttpStatus(HeadFault::kUnknownTransferEncoding), 501);
}

TEST(RequestHeadRefusals, UnknownExpectation) {
  ExpectHeadersRefused("Expect: 200-ok\r\n", HeadFault::kUnknownExpectation);
  EXPECT_EQ(HttpStatus(HeadFault::kUnknownExpectation), 417);
}

TEST(RequestHeadRefusals, EveryFaultHasASlugAndAStatus) {
  for (int i = 1; i <= static_cast<int>(HeadFault::kUnknownExpectation); ++i) {
    const HeadFault fault = static_cast<HeadFault>(i);
    EXPECT_NE(Slug(fault), "unknown");
    EXPECT_GE(HttpStatus(fault), 400);
  }
}

}  // namespace
}  // namespace llmgw::net::http1
