// Requests whose end could be taken for another place by the next hop, or that are not HTTP/1.1 at
// all: each is refused, recorded, and its connection closed before anything else on it is read.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

const std::string kSmuggled =
    "POST /v1/smuggled HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer test-key\r\n"
    "Content-Length: 0\r\n\r\n";

// A POST to a real path with a real key; `lines` are further header lines, each with CRLF.
std::string Post(const std::string& lines, const std::string& body = {}) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.test\r\n"
         "Authorization: Bearer test-key\r\n" +
         lines + "\r\n" + body;
}

std::string Chunked(const std::string& body) {
  return Post("Transfer-Encoding: chunked\r\n", body);
}

struct Refusal {
  const char* rule;
  std::string bytes;
  int status;
  const char* reason;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.rule; }

class RefusalTest : public GatewayTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(RefusalTest, IsAnsweredOnceRecordedAndClosed) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  Connection client = Connect();

  // What follows is never taken for a request: neither by us nor by the upstream.
  (void)client.Write(GetParam().bytes + kSmuggled);
  const HttpAnswer answer = ReadAnswer(client);

  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_EQ(answer.Header("x-llmgw-reason"), GetParam().reason);
  EXPECT_EQ(answer.Header("x-llmgw-fault"), "client");
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_EQ(ErrorField(answer.body, "code"), GetParam().reason);
  EXPECT_EQ(ErrorField(answer.body, "type"), "invalid_request_error");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "client");
  EXPECT_EQ(ErrorField(answer.body, "request_id"), answer.Header("x-llmgw-request-id"));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(client.buffer(), "");
  EXPECT_TRUE(fake.requests().empty());

  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, GetParam().status);
  EXPECT_EQ(record->reason, GetParam().reason);
  EXPECT_EQ(record->fault, model::Fault::kClient);
  EXPECT_EQ(record->request_id, answer.Header("x-llmgw-request-id"));
  EXPECT_EQ(record->client_address, "127.0.0.1");
  EXPECT_TRUE(record->attempts.empty());
  EXPECT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 0; }));
  EXPECT_FALSE(records.Wait(std::chrono::milliseconds(0)));
}

const Refusal kFraming[] = {
    {"ConflictingContentLengths", Post("Content-Length: 5\r\nContent-Length: 6\r\n", "12345"), 400,
     "conflicting_content_length"},
    {"RepeatedContentLength", Post("Content-Length: 5\r\nContent-Length: 5\r\n", "12345"), 400,
     "conflicting_content_length"},
    {"ListedContentLength", Post("Content-Length: 5, 5\r\n", "12345"), 400, "bad_content_length"},
    {"NegativeContentLength", Post("Content-Length: -5\r\n"), 400, "bad_content_length"},
    {"SignedContentLength", Post("Content-Length: +5\r\n", "12345"), 400, "bad_content_length"},
    {"HexContentLength", Post("Content-Length: 0x5\r\n", "12345"), 400, "bad_content_length"},
    {"EmptyContentLength", Post("Content-Length:\r\n"), 400, "bad_content_length"},
    {"OverflowingContentLength", Post("Content-Length: 18446744073709551621\r\n", "12345"), 400,
     "bad_content_length"},
    {"ContentLengthWithTransferEncoding",
     Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
     "content_length_with_transfer_encoding"},
    {"TransferEncodingBeforeContentLength",
     Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400,
     "content_length_with_transfer_encoding"},
    {"RepeatedTransferEncoding",
     Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
     "bad_transfer_encoding"},
    {"ChunkedNotLast", Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400,
     "bad_transfer_encoding"},
    {"ChunkedTwice", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400,
     "bad_transfer_encoding"},
    {"PrefixedChunked", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400,
     "bad_transfer_encoding"},
    {"TabBeforeChunked", Post("Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n"), 400,
     "bad_transfer_encoding"},
    {"VerticalTabBeforeChunked", Post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400,
     "control_character"},
    {"UnknownTransferEncoding", Post("Transfer-Encoding: gzip\r\n"), 501,
     "unknown_transfer_encoding"},
    {"TransferEncodingInHttp10",
     "POST /v1/x HTTP/1.0\r\nAuthorization: test-key\r\nTransfer-Encoding: "
     "chunked\r\n\r\n0\r\n\r\n",
     400, "transfer_encoding_in_http10"},
    {"UnderscoredFramingHeader", Post("Content_Length: 5\r\n", "12345"), 400, "bad_field_name"},
    {"SpaceBeforeColon", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400,
     "bad_field_name"},
    {"FoldedLine", Post("Content-Length: 0\r\nX-A: 1\r\n Transfer-Encoding: chunked\r\n"), 400,
     "obsolete_line_folding"},
    {"LineWithoutColon", Post("Content-Length\r\n"), 400, "missing_colon"},
    {"EmptyFieldName", Post(": x\r\n"), 400, "bad_field_name"},
    {"NonTokenFieldName", Post("X(y): x\r\n"), 400, "bad_field_name"},
    {"NulInValue", Post(std::string("X-A: a\0b\r\n", 10)), 400, "control_character"},
    {"BareLineFeedInHead", "GET /v1/x HTTP/1.1\nHost: a\n\n", 400, "bare_line_feed"},
    {"BareLineFeedAfterHeader", Post("X-A: 1\nContent-Length: 5\r\n", "12345"), 400,
     "bare_line_feed"},
    {"BareCarriageReturn", Post("X-A: 1\rContent-Length: 5\r\n", "12345"), 400,
     "control_character"},
    {"BareLineFeedInChunkLine", Chunked("1\nx\r\n0\r\n\r\n"), 400, "bad_chunk_line_end"},
    {"BareLineFeedAfterChunk", Chunked("1\r\nx\n0\r\n\r\n"), 400, "missing_chunk_data_end"},
    {"ChunkLongerThanItsSize", Chunked("1\r\nxy\r\n0\r\n\r\n"), 400, "missing_chunk_data_end"},
    {"ChunkSizeWithPrefix", Chunked("0x1\r\nx\r\n0\r\n\r\n"), 400, "bad_chunk_size"},
    {"ChunkSizeWithSpace", Chunked("1 \r\nx\r\n0\r\n\r\n"), 400, "bad_chunk_size"},
    {"NegativeChunkSize", Chunked("-1\r\nx\r\n0\r\n\r\n"), 400, "bad_chunk_size"},
    {"OverflowingChunkSize", Chunked("10000000000000001\r\nx\r\n0\r\n\r\n"), 400,
     "chunk_size_too_large"},
    {"BadChunkExtension", Chunked("1;a b\r\nx\r\n0\r\n\r\n"), 400, "bad_chunk_extension"},
    {"EndlessChunkExtension", Chunked("1;" + std::string(4096, 'a')), 400,
     "chunk_extension_too_long"},
    {"BareLineFeedInTrailer", Chunked("0\r\nX-A: 1\n\r\n"), 400, "bad_trailer"},
    {"FramingInTrailer", Chunked("0\r\nContent-Length: 5\r\n\r\n"), 400, "forbidden_trailer"},
    {"CredentialInTrailer", Chunked("0\r\nAuthorization: Bearer x\r\n\r\n"), 400,
     "forbidden_trailer"},
};

const Refusal kNotHttp[] = {
    {"Http09", "GET /v1/models\r\n", 400, "bad_request_line"},
    {"Http20Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_not_supported"},
    {"Http12", "GET /v1/models HTTP/1.2\r\nHost: a\r\n\r\n", 505, "version_not_supported"},
    {"LowerCaseVersion", "GET /v1/models http/1.1\r\nHost: a\r\n\r\n", 400, "bad_version"},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400,
     "control_character"},
    {"LowerCaseMethod", "get /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_method"},
    {"TwoSpaces", "GET  /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"RelativeTarget", "GET v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"FragmentInTarget", "GET /v1/models#x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"OtherScheme", "GET ftp://a/v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"DotSegment", "GET /v1/../admin HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"EncodedDotSegment", "GET /v1/%2e%2E/admin HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"EncodedSlashDotSegment", "GET /v1/x%2f..%2fadmin HTTP/1.1\r\nHost: a\r\n\r\n", 400,
     "bad_target"},
    {"BackslashDotSegment", "GET /v1/x\\..\\admin HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad_target"},
    {"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method_not_implemented"},
    {"Trace", "TRACE /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method_not_implemented"},
    {"MissingHost", "GET /v1/models HTTP/1.1\r\nAuthorization: test-key\r\n\r\n", 400,
     "missing_host"},
    {"RepeatedHost", "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "repeated_host"},
    {"ListedHost", "GET /v1/models HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "bad_host"},
    {"HostWithPath", "GET /v1/models HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_host"},
    {"EmptyHost", "GET /v1/models HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_host"},
    {"UnknownExpectation", Post("Expect: a-miracle\r\nContent-Length: 0\r\n"), 417,
     "unknown_expectation"},
    {"ManyEmptyLines", "\r\n\r\n\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", 400,
     "leading_empty_lines"},
    {"LongTarget", "GET /v1/" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414,
     "target_too_long"},
    {"EndlessTarget", "GET /v1/" + std::string(20'000, 'a'), 414, "target_too_long"},
    {"LongHead", Post("X-A: " + std::string(33'000, 'a') + "\r\n"), 431, "head_too_long"},
    {"EndlessHeader", "GET /v1/models HTTP/1.1\r\nX-A: " + std::string(40'000, 'a'), 431,
     "head_too_long"},
    {"ManyHeaders",
     [] {
       std::string lines;
       for (int i = 0; i < 200; ++i) lines += "X-A: 1\r\n";
       return Post(lines);
     }(),
     431, "too_many_headers"},
};

std::string RuleName(const ::testing::TestParamInfo<Refusal>& info) { return info.param.rule; }
INSTANTIATE_TEST_SUITE_P(Framing, RefusalTest, ::testing::ValuesIn(kFraming), RuleName);
INSTANTIATE_TEST_SUITE_P(NotHttp, RefusalTest, ::testing::ValuesIn(kNotHttp), RuleName);

using FramingTest = GatewayTest;

TEST_F(FramingTest, AcceptsTheAbsoluteFormAndRoutesOnItsPath) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  const HttpAnswer answer =
      Get(address(), "http://gateway.test/v1/models?limit=3", {{"Authorization", kKey}});
  EXPECT_EQ(answer.status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/v1/models?limit=3");
}

TEST_F(FramingTest, AcceptsUpToTwoEmptyLinesBeforeARequest) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write("\r\n\r\n" + kSmuggled + "\r\n" + kSmuggled));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(ReadAnswer(client).status, 200);
}

TEST_F(FramingTest, ChunkedRequestsReachTheUpstreamWithOneUnambiguousLength) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(
      Chunked("4;a=\"\\\"b\"\r\n{\"a\"\r\n03\r\n:1}\r\n0;last\r\nX-Trailer: 1\r\n\r\n")));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, R"({"a":1})");
  EXPECT_EQ(request->Header("content-length"), "7");
  EXPECT_EQ(CountHeader(request->headers, "transfer-encoding"), 0U);
  EXPECT_EQ(CountHeader(request->headers, "x-trailer"), 0U);
}

TEST_F(FramingTest, ARequestHiddenInABodyStaysInThatBody) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(
      client.Write(Post("Content-Length: " + std::to_string(kSmuggled.size()) + "\r\n", kSmuggled) +
                   Chunked(Chunk(kSmuggled) + "0\r\n\r\n")));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(ReadAnswer(client).status, 200);
  for (int i = 0; i < 2; ++i) {
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->target, "/v1/chat/completions");
    EXPECT_EQ(request->body, kSmuggled);
  }
  EXPECT_EQ(fake.requests().size(), 2U);
}

TEST_F(FramingTest, RequestsCutAtAnyByteLeaveNothingBehind) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  const std::string with_length = Post("Content-Length: 9\r\n", R"({"a":"b"})");
  const std::string chunked = Chunked("5;x\r\n{\"a\":\r\n4\r\n\"b\"}\r\n0\r\nX-T: 1\r\n\r\n");
  bool reset = false;
  for (const std::string& bytes : {with_length, chunked}) {
    for (size_t cut = 0; cut <= bytes.size(); ++cut) {
      Connection client = Connect();
      ASSERT_TRUE(client.Write(std::string_view(bytes).substr(0, cut)));
      reset = !reset;
      if (reset) client.Reset();
    }
  }
  EXPECT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 0; }));
  EXPECT_EQ(Chat().status, 200);
  for (const ReceivedRequest& request : fake.requests()) {
    EXPECT_TRUE(request.complete);
    EXPECT_TRUE(request.body == R"({"a":"b"})" || request.body.find("gpt-4o") != std::string::npos)
        << request.body;
  }
}

TEST_F(FramingTest, RequestsInAnyCutAreTheSameRequest) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  const std::string chunked = Chunked("5;x\r\n{\"a\":\r\n4\r\n\"b\"}\r\n0\r\nX-T: 1\r\n\r\n");
  for (size_t cut = 1; cut < chunked.size(); ++cut) {
    SCOPED_TRACE(cut);
    Connection client = Connect();
    ASSERT_TRUE(client.Write(std::string_view(chunked).substr(0, cut)));
    // The gateway has read the first part when it has answered somebody else.
    ASSERT_EQ(Get(address(), "/healthz").status, 200);
    ASSERT_TRUE(client.Write(std::string_view(chunked).substr(cut)));
    ASSERT_EQ(ReadAnswer(client).status, 200);
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    ASSERT_EQ(request->body, R"({"a":"b"})");
  }
}

TEST_F(FramingTest, LimitsOfHeadsAreSettable) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  options().head_limits = {400, 4, 40};
  Start();
  EXPECT_EQ(Get(address(), "/v1/" + std::string(37, 'a')).status, 414);
  EXPECT_EQ(Get(address(), "/v1/a", {{"X-A", std::string(400, 'a')}}).status, 431);
  EXPECT_EQ(Get(address(), "/v1/a", {{"A", "1"}, {"B", "2"}, {"C", "3"}}).status, 431);
  EXPECT_EQ(Get(address(), "/v1/a", {{"Authorization", kKey}}).status, 200);
}

}  // namespace
}  // namespace llmgw::test
