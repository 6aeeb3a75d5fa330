#include "dataplane/pipeline/request_id.h"

#include <gtest/gtest.h>

#include <set>

namespace llmgw::pipeline {
namespace {

TEST(RequestId, IsAPrefixAndTwentyFourSafeCharacters) {
  RequestIdSource source;
  std::string id;
  for (int i = 0; i < 1000; ++i) {
    source.Next(id);
    EXPECT_EQ(id.size(), 28U);
    EXPECT_TRUE(id.starts_with("req_"));
    EXPECT_EQ(id.substr(4).find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"),
              std::string::npos);
  }
}

TEST(RequestId, IsNeverGivenTwiceAlsoByOtherWorkers) {
  RequestIdSource sources[4];
  std::set<std::string> ids;
  std::string id;
  for (int i = 0; i < 20'000; ++i) {
    sources[i % 4].Next(id);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 20'000U);
}

}  // namespace
}  // namespace llmgw::pipeline
