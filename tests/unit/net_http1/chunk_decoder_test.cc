#include "dataplane/net/http1/chunk_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llmgw::net::http1 {
namespace {

using namespace std::string_view_literals;

struct Decoded {
  ParseStatus status = ParseStatus::kNeedMore;
  ChunkFault fault = ChunkFault::kNone;
  std::string payload;
  std::string trailers;
  size_t consumed = 0;

  bool operator==(const Decoded&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Decoded& d) {
  return out << "status " << static_cast<int>(d.status) << ", " << Slug(d.fault) << ", payload '"
             << d.payload << "', trailers '" << d.trailers << "', consumed " << d.consumed;
}

// Feeds `bytes` in pieces of `step` (each an exact copy, for the sanitizer) until the decoder ends.
Decoded Decode(std::string_view bytes, size_t step, ChunkLimits limits = {}) {
  ChunkDecoder decoder(limits);
  Decoded result;
  while (!bytes.empty() && result.status == ParseStatus::kNeedMore) {
    const std::string piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    std::string_view rest = piece;
    while (!rest.empty() && result.status == ParseStatus::kNeedMore) {
      const ChunkDecoder::Step next = decoder.Next(rest);
      EXPECT_TRUE(next.consumed > 0 || next.status == ParseStatus::kError);
      result.payload += next.data;
      result.consumed += next.consumed;
      result.status = next.status;
      rest.remove_prefix(next.consumed);
    }
  }
  result.fault = decoder.fault();
  result.trailers = decoder.trailers();
  return result;
}

void ExpectInEveryCut(std::string_view bytes, const Decoded& expected, ChunkLimits limits = {}) {
  for (size_t step = 1; step <= bytes.size(); ++step) {
    EXPECT_EQ(Decode(bytes, step, limits), expected) << "in steps of " << step << ": " << bytes;
  }
}

void ExpectFault(std::string_view bytes, ChunkFault fault, ChunkLimits limits = {}) {
  for (size_t step = 1; step <= bytes.size(); ++step) {
    const Decoded decoded = Decode(bytes, step, limits);
    EXPECT_EQ(decoded.status, ParseStatus::kError) << bytes;
    EXPECT_EQ(decoded.fault, fault)
        << Slug(decoded.fault) << " in steps of " << step << ": " << bytes;
  }
}

TEST(ChunkDecoder, FindsThePayload) {
  const std::string_view body =
      "5\r\nhello\r\n1;a;b=c;d=\"e;\\\"f\"\r\n \r\n00A\r\n0123456789\r\n0\r\n\r\n";
  const std::string with_next = std::string(body) + "GET / HTTP/1.1\r\n";
  ExpectInEveryCut(with_next,
                   {ParseStatus::kDone, ChunkFault::kNone, "hello 0123456789", "", body.size()});
}

TEST(ChunkDecoder, KeepsTrailers) {
  const std::string_view body = "0\r\nX-Checksum: abc\r\nServer-Timing: a;dur=1\r\n\r\n";
  ExpectInEveryCut(body, {ParseStatus::kDone, ChunkFault::kNone, "",
                          "X-Checksum: abc\r\nServer-Timing: a;dur=1\r\n", body.size()});
}

TEST(ChunkDecoder, ReturnsEachRunAsAViewIntoTheInput) {
  ChunkDecoder decoder;
  const std::string_view in = "3\r\nabc\r\n2\r\nde";
  ChunkDecoder::Step step = decoder.Next(in);
  EXPECT_EQ(step.data.data(), in.data() + 3);
  EXPECT_EQ(step.data, "abc");
  EXPECT_EQ(step.consumed, 6u);
  EXPECT_FALSE(decoder.at_chunk_boundary());  // its CRLF is owed
  step = decoder.Next(in.substr(6));
  EXPECT_EQ(step.data, "de");
  EXPECT_EQ(step.consumed, in.size() - 6);
}

TEST(ChunkDecoder, KnowsWhatIsOwed) {
  ChunkDecoder decoder;
  EXPECT_TRUE(decoder.at_chunk_boundary());
  decoder.Next("8\r\nabc");
  EXPECT_EQ(decoder.remaining_in_chunk(), 5u);
  EXPECT_FALSE(decoder.at_chunk_boundary());
  decoder.Next("defgh");
  EXPECT_EQ(decoder.remaining_in_chunk(), 0u);
  decoder.Next("\r\n");
  EXPECT_TRUE(decoder.at_chunk_boundary());
  EXPECT_EQ(decoder.Next("0\r\n\r\n").status, ParseStatus::kDone);
  EXPECT_TRUE(decoder.done());
  EXPECT_EQ(decoder.Next("more").consumed, 0u);
  decoder.Reset();
  EXPECT_FALSE(decoder.done());
  EXPECT_EQ(decoder.Next("1\r\nx").data, "x");
}

TEST(ChunkDecoder, AcceptsTheLargestSize) {
  ChunkDecoder decoder;
  decoder.Next("7fffffffffffffff\r\n");
  EXPECT_EQ(decoder.fault(), ChunkFault::kNone);
  EXPECT_EQ(decoder.remaining_in_chunk(), uint64_t{INT64_MAX});
}

TEST(ChunkDecoder, RefusesBadSizes) {
  for (const std::string_view body :
       {"\r\n"sv, "g\r\n"sv, "0x5\r\nhello\r\n"sv, " 5\r\nhello\r\n"sv, "5 \r\nhello\r\n"sv,
        "5\t\r\nhello\r\n"sv, "-5\r\n"sv, "+5\r\n"sv, "5 ;a\r\n"sv, "5,\r\n"sv, "5\0\r\n"sv,
        "5\x0b\r\n"sv, ";a\r\n"sv}) {
    ExpectFault(body, ChunkFault::kBadSize);
  }
  for (const std::string_view body : {"00000000000000005\r\nhello\r\n"sv, "8000000000000000\r\n"sv,
                                      "ffffffffffffffff\r\n"sv, "10000000000000005\r\n"sv}) {
    ExpectFault(body, ChunkFault::kSizeTooLarge);
  }
}

TEST(ChunkDecoder, RefusesBadLineEnds) {
  for (const std::string_view body :
       {"5\nhello\r\n"sv, "5\rhello\r\n"sv, "5\r\rhello"sv, "5;a\nhello\r\n"sv, "5;a=\"b\"\nx"sv,
        "0\n\r\n"sv, "5;\nxx"sv, "5;a=\nxx"sv}) {
    ExpectFault(body, ChunkFault::kBadLineEnd);
  }
  for (const std::string_view body :
       {"5\r\nhello\n0\r\n\r\n"sv, "5\r\nhello!\r\n"sv, "5\r\nhello0\r\n\r\n"sv,
        "5\r\nhello\r0\r\n"sv, "1\r\nx\r\r\n"sv}) {
    ExpectFault(body, ChunkFault::kMissingDataEnd);
  }
}

TEST(ChunkDecoder, RefusesBadExtensions) {
  for (const std::string_view body :
       {"5; a=b\r\n"sv, "5;a =b\r\n"sv, "5;a= b\r\n"sv, "5;\r\n"sv, "5;;\r\n"sv, "5;a=\r\n"sv,
        "5;=b\r\n"sv, "5;a=\"b\"c\r\n"sv, "5;a=\"\r\n"sv, "5;a=\"\nb\"\r\n"sv, "5;a\0\r\n"sv,
        "5;a=\"\\\n\"\r\n"sv, "5;\xff\r\n"sv, "5;a=b,c=d\r\n"sv, "5;a=\"x\x7f\"\r\n"sv}) {
    ExpectFault(body, ChunkFault::kBadExtension);
  }
  const std::string at_limit = "1;" + std::string(255, 'a') + "\r\nx";
  EXPECT_EQ(Decode(at_limit, 1000).payload, "x");
  ExpectFault("1;" + std::string(256, 'a') + "\r\nx", ChunkFault::kExtensionTooLong);
}

TEST(ChunkDecoder, RefusesBadTrailers) {
  for (const std::string_view body :
       {"0\r\nX\r\n\r\n"sv, "0\r\nX : a\r\n\r\n"sv, "0\r\n X: a\r\n\r\n"sv, "0\r\n: a\r\n\r\n"sv,
        "0\r\nX: a\n\r\n"sv, "0\r\nX: a\r\r\n"sv, "0\r\nX: a\0\r\n\r\n"sv, "0\r\n\n"sv,
        "0\r\n\r\r"sv, "0\r\nX: a\r\n b\r\n\r\n"sv}) {
    ExpectFault(body, ChunkFault::kBadTrailer);
  }
  for (const std::string_view name :
       {"Content-Length"sv, "transfer-encoding"sv, "Host"sv, "Authorization"sv, "X-Api-Key"sv,
        "Trailer"sv, "Connection"sv, "Cookie"sv, "Content-Type"sv, "X-Forwarded-For"sv}) {
    ExpectFault("0\r\n" + std::string(name) + ": 1\r\n\r\n", ChunkFault::kForbiddenTrailer);
  }
}

TEST(ChunkDecoder, RepairsAnOpenBodyUpToAChunkBoundary) {
  const std::string_view body = "5;a;b=\"c\"\r\nhello\r\n00\r\n\r\n";
  size_t repaired = 0;
  for (size_t size = 0; size < body.size(); ++size) {
    const std::string forwarded(body.substr(0, size));
    ChunkDecoder decoder;
    for (std::string_view rest = forwarded; !rest.empty();) {
      rest.remove_prefix(decoder.Next(rest).consumed);
    }
    std::string whole = forwarded;
    if (!decoder.AppendRepair(whole, 10)) {
      EXPECT_EQ(whole, forwarded);
      continue;
    }
    ++repaired;
    const Decoded decoded = Decode(whole + "0\r\n\r\n", 1000);
    EXPECT_EQ(decoded.status, ParseStatus::kDone) << whole;
    EXPECT_EQ(decoded.payload.find_first_not_of("hello\n"), std::string::npos) << whole;
  }
  EXPECT_GT(repaired, size_t{15});
}

TEST(ChunkDecoder, DoesNotRepairWhatWouldTakeTooMuchFiller) {
  ChunkDecoder decoder;
  decoder.Next("b\r\n");
  std::string out = "x";
  EXPECT_FALSE(decoder.AppendRepair(out, 10));
  EXPECT_EQ(out, "x");
  EXPECT_TRUE(decoder.AppendRepair(out, 11));
}

TEST(ChunkDecoder, BoundsTrailers) {
  const ChunkLimits limits{.max_extension_bytes = 256, .max_trailer_bytes = 6};
  const std::string_view fits = "0\r\nX: y\r\n\r\n";
  ExpectInEveryCut(fits, {ParseStatus::kDone, ChunkFault::kNone, "", "X: y\r\n", fits.size()},
                   limits);
  ExpectFault("0\r\nX: yz\r\n\r\n", ChunkFault::kTrailerTooLong, limits);
  ExpectFault("0\r\nX: y\r\nA: b\r\n\r\n", ChunkFault::kTrailerTooLong, limits);
}

}  // namespace
}  // namespace llmgw::net::http1
