#include "common/config/retry_on.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llmgw::config {
namespace {

TEST(RetryOn, EmptyListMeansTheDocumentedDefault) {
  RetryOn rules = ParseRetryOn(std::vector<std::string>{});
  EXPECT_TRUE(rules.connect && rules.timeout && rules.reset);
  for (size_t status : {401, 403, 429, 500, 502, 599}) EXPECT_TRUE(rules.status.test(status));
  for (size_t status : {200, 301, 400, 404, 422}) EXPECT_FALSE(rules.status.test(status));
}

TEST(RetryOn, ListReplacesTheDefault) {
  RetryOn rules = ParseRetryOn(std::vector<std::string>{"timeout", "404", "4xx"});
  EXPECT_FALSE(rules.connect || rules.reset);
  EXPECT_TRUE(rules.timeout);
  EXPECT_TRUE(rules.status.test(404) && rules.status.test(499));
  EXPECT_FALSE(rules.status.test(500));
}

TEST(RetryOn, NeverMeansNothingAndAnyErrorEverythingBut2xx) {
  RetryOn never = ParseRetryOn(std::vector<std::string>{"never"});
  EXPECT_TRUE(never.status.none() && !never.connect && !never.timeout && !never.reset);
  RetryOn any = ParseRetryOn(std::vector<std::string>{"any-error"});
  EXPECT_TRUE(any.connect && any.timeout && any.reset);
  EXPECT_TRUE(any.status.test(302) && any.status.test(400) && any.status.test(500));
  EXPECT_FALSE(any.status.test(200) || any.status.test(299));
}

TEST(RetryOn, RefusesWhatIsNoRule) {
  RetryOn rules;
  for (auto value : {"", "600", "099", "42", "4290", "6xx", "5x", "xxx", "Connect", "5XX"}) {
    EXPECT_FALSE(AddRetryOn(value, &rules)) << value;
  }
}

}  // namespace
}  // namespace llmgw::config
