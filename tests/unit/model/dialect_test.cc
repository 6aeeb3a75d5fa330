#include "dataplane/model/dialect.h"

#include <gtest/gtest.h>

#include "dataplane/model/failure.h"

namespace llmgw::model {
namespace {

TEST(Dialect, AnthropicsIsToldByItsPathOrItsVersionHeader) {
  for (const char* path : {"/v1/messages", "/v1/messages/count_tokens", "/v1/messages/batches/b",
                           "/anthropic/v1/messages"}) {
    EXPECT_EQ(DialectOf(path, false), Dialect::kAnthropic) << path;
  }
  for (const char* path :
       {"/v1/chat/completions", "/v1/threads/t/messages", "/v1/messagesx", "/"}) {
    EXPECT_EQ(DialectOf(path, false), Dialect::kOpenai) << path;
  }
  EXPECT_EQ(DialectOf("/v1/models", true), Dialect::kAnthropic);
}

TEST(Dialect, EveryFailureHasATypeThatAnthropicsClientsKnow) {
  EXPECT_EQ(AnthropicErrorType(InvalidKey()), "authentication_error");
  EXPECT_EQ(AnthropicErrorType(ModelNotAllowed("m")), "permission_error");
  EXPECT_EQ(AnthropicErrorType(ModelNotFound("m")), "not_found_error");
  EXPECT_EQ(AnthropicErrorType(BodyTooLarge(1)), "request_too_large");
  EXPECT_EQ(AnthropicErrorType(MalformedBody("not_json", "")), "invalid_request_error");
  EXPECT_EQ(AnthropicErrorType(Overloaded("x", Limit::kInFlight)), "overloaded_error");
  EXPECT_EQ(AnthropicErrorType(UpstreamTimeout("u", "total")), "timeout_error");
  EXPECT_EQ(AnthropicErrorType(UpstreamReset("u")), "api_error");
}

}  // namespace
}  // namespace llmgw::model
