#include "dataplane/net/dns_cache.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class DnsCacheTest : public ::testing::Test {
 protected:
  bool Good(milliseconds after, const DnsBounds& bounds = {}) const {
    return cache.Find("host", bounds, start + after) != nullptr;
  }
  void Put(seconds ttl) { cache.Put("host", {{*ParseIp("192.0.2.1", 0)}, ttl, {}}, start); }

  DnsCache cache;
  const DnsCache::Time start = DnsCache::Time(seconds(1'000));
};

TEST_F(DnsCacheTest, AnAnswerIsGoodForItsTimeToLive) {
  EXPECT_FALSE(Good(milliseconds(0)));
  Put(seconds(30));
  EXPECT_TRUE(Good(milliseconds(29'999)));
  EXPECT_FALSE(Good(milliseconds(30'000)));
  EXPECT_EQ(IpText(cache.Find("host", {}, start)->addresses.at(0)), "192.0.2.1");
  EXPECT_EQ(cache.Find("other", {}, start), nullptr);
}

TEST_F(DnsCacheTest, WhoeverAsksSaysForHowLongAtLeastAndAtMost) {
  Put(seconds(0));
  EXPECT_TRUE(Good(milliseconds(999)));
  EXPECT_FALSE(Good(seconds(1)));
  EXPECT_FALSE(Good(milliseconds(0), {milliseconds(0), seconds(60)}));
  EXPECT_TRUE(Good(seconds(9), {seconds(10), seconds(60)}));
  Put(seconds(1'000'000'000'000));
  EXPECT_TRUE(Good(seconds(299)));
  EXPECT_FALSE(Good(seconds(300)));
  EXPECT_FALSE(Good(seconds(5), {seconds(1), seconds(5)}));
}

TEST_F(DnsCacheTest, AFailureIsGoodForASecondWhateverTheBounds) {
  cache.Put("host", {{}, seconds(600), "no such name"}, start);
  const DnsBounds long_bounds{seconds(60), seconds(60)};
  EXPECT_TRUE(Good(milliseconds(999), long_bounds));
  EXPECT_FALSE(Good(seconds(1), long_bounds));
}

}  // namespace
}  // namespace llmgw::net
