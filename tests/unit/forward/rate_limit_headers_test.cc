#include "dataplane/forward/rate_limit_headers.h"

#include <gtest/gtest.h>

#include <string>

#include "dataplane/net/http1/head_parser.h"

namespace llmgw::forward {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// 2025-11-21T00:00:00Z
const WallTime kNow = WallTime(seconds(1763683200));

std::string Wait(std::string_view value) {
  const auto wait = ParseWait(value, kNow);
  return wait ? std::to_string(wait->count()) : "none";
}

TEST(ParseWait, ReadsSeconds) {
  EXPECT_EQ(Wait("0"), "0");
  EXPECT_EQ(Wait("17"), "17000");
  EXPECT_EQ(Wait("1.5"), "1500");
  EXPECT_EQ(Wait("0.0001"), "1") << "not at once";
}

TEST(ParseWait, ReadsDurationsAsGoWritesThem) {
  EXPECT_EQ(Wait("1s"), "1000");
  EXPECT_EQ(Wait("6m0s"), "360000");
  EXPECT_EQ(Wait("20ms"), "20");
  EXPECT_EQ(Wait("1h2m3.5s"), "3723500");
  EXPECT_EQ(Wait("7.66s"), "7660");
  EXPECT_EQ(Wait("500us"), "1");
  EXPECT_EQ(Wait("500\xC2\xB5s"), "1");
  EXPECT_EQ(Wait("1d"), "86400000");
}

TEST(ParseWait, ReadsPointsInTime) {
  EXPECT_EQ(Wait("1763683230"), "30000");
  EXPECT_EQ(Wait("1763683230500"), "30500");
  EXPECT_EQ(Wait("2025-11-21T00:00:30Z"), "30000");
  EXPECT_EQ(Wait("2025-11-21T00:00:30.250Z"), "30000");
  EXPECT_EQ(Wait("2025-11-21T01:00:30+01:00"), "30000");
  EXPECT_EQ(Wait("2025-11-20T19:00:30-05:00"), "30000");
  EXPECT_EQ(Wait("Fri, 21 Nov 2025 00:00:30 GMT"), "30000");
  EXPECT_EQ(Wait("Friday, 21-Nov-25 00:00:30 GMT"), "30000");
  EXPECT_EQ(Wait("Fri Nov 21 00:00:30 2025"), "30000");
  EXPECT_EQ(Wait("Mon Dec  1 00:00:00 2025"), "864000000");
  EXPECT_NE(Wait("9999-12-31T23:59:59Z"), "none");
}

TEST(ParseWait, WhatIsPastIsZero) {
  EXPECT_EQ(Wait("1763683100"), "0");
  EXPECT_EQ(Wait("2024-01-01T00:00:00Z"), "0");
  EXPECT_EQ(Wait("Sun, 06 Nov 1994 08:49:37 GMT"), "0");
}

TEST(ParseWait, RefusesEverythingElse) {
  for (const char* value :
       {"", "-1", "soon", "1x", "1s2", "s", "1 s", "1e3", "2025-13-01T00:00:00Z",
        "2025-02-30T00:00:00Z", "2025-11-21T24:00:00Z", "2025-11-21T00:00:00",
        "2025-11-21T00:00:00Zz", "Fri, 21 Nov 2025 00:00:30", "Fri, 21 Nux 2025 00:00:30 GMT",
        "Fri, 1 Nov 2025 00:00:30 GMT", "Fri Nov 21 00:00:30"}) {
    EXPECT_EQ(Wait(value), "none") << value;
  }
  EXPECT_EQ(Wait(std::string(65, '1')), "none");
  EXPECT_NE(Wait(std::string(60, '9')), "none") << "long, but a number";
}

// Of a response with these header lines.
std::string After(const std::string& lines, int status = 429) {
  const std::string text =
      "HTTP/1.1 " + std::to_string(status) + " Failed\r\n" + lines + "Content-Length: 0\r\n\r\n";
  net::http1::ResponseHead head;
  net::http1::HeadFault fault = net::http1::HeadFault::kNone;
  EXPECT_EQ(net::http1::ParseResponseHead(text, {}, "POST", head, fault),
            net::http1::ParseStatus::kDone);
  const auto wait = RetryAfter(head, kNow);
  return wait ? std::to_string(wait->count()) : "none";
}

TEST(RetryAfter, TakesWhatIsMeantForItFirst) {
  EXPECT_EQ(After(""), "none");
  EXPECT_EQ(After("Retry-After: 20\r\nX-RateLimit-Reset: 90\r\n"), "20000");
  EXPECT_EQ(After("retry-after-ms: 1250\r\nRetry-After: 2\r\n"), "1250");
  EXPECT_EQ(After("Retry-After: Fri, 21 Nov 2025 00:01:00 GMT\r\n"), "60000");
  EXPECT_EQ(After("Retry-After: soon\r\nx-ratelimit-reset: 30\r\n"), "30000");
}

TEST(RetryAfter, OfSeveralLimitsTheOneThatIsUsedUpCounts) {
  // OpenAI
  EXPECT_EQ(After("x-ratelimit-remaining-requests: 4999\r\nx-ratelimit-remaining-tokens: 0\r\n"
                  "x-ratelimit-reset-requests: 12ms\r\nx-ratelimit-reset-tokens: 6m0s\r\n"),
            "360000");
  EXPECT_EQ(After("x-ratelimit-remaining-requests: 4999\r\nx-ratelimit-remaining-tokens: 20\r\n"
                  "x-ratelimit-reset-requests: 8h0m0s\r\nx-ratelimit-reset-tokens: 1s\r\n"),
            "1000")
      << "none says so: the earliest";
  // Anthropic
  EXPECT_EQ(After("anthropic-ratelimit-requests-remaining: 0\r\n"
                  "anthropic-ratelimit-requests-reset: 2025-11-21T00:00:10Z\r\n"
                  "anthropic-ratelimit-tokens-remaining: 0\r\n"
                  "anthropic-ratelimit-tokens-reset: 2025-11-21T00:00:40Z\r\n"
                  "anthropic-ratelimit-input-tokens-remaining: 7\r\n"
                  "anthropic-ratelimit-input-tokens-reset: 2025-11-21T00:05:00Z\r\n"),
            "40000");
  // Others
  EXPECT_EQ(After("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1763683203000\r\n"), "3000");
  EXPECT_EQ(After("RateLimit-Reset: 5\r\n"), "5000");
  EXPECT_EQ(After("x-ratelimit-resets: 5\r\nx-ratelimit-limit-tokens: 5\r\n"), "none");
}

TEST(RetryAfter, LimitsSayNothingOfOtherFailures) {
  EXPECT_EQ(After("x-ratelimit-reset-requests: 12s\r\n", 503), "none");
  EXPECT_EQ(After("Retry-After: 3\r\n", 503), "3000");
}

}  // namespace
}  // namespace llmgw::forward
