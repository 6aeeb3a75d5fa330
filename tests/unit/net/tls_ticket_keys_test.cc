#include "dataplane/net/tls_ticket_keys.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

using std::chrono::minutes;

class HandClock final : public Clock {
 public:
  MonotonicTime Monotonic() const override { return now; }
  WallTime Wall() const override { return {}; }
  MonotonicTime now{std::chrono::hours(1'000)};
};

TEST(TlsTicketKeys, OpenWhatTheySealed) {
  HandClock clock;
  TlsTicketKeys keys(clock);
  const auto key = keys.ForSealing();
  ASSERT_TRUE(key);
  const auto opening = keys.ForOpening(key->name);
  ASSERT_TRUE(opening);
  EXPECT_EQ(opening->key.cipher, key->cipher);
  EXPECT_EQ(opening->key.mac, key->mac);
  EXPECT_FALSE(opening->renew);
}

TEST(TlsTicketKeys, AreReplacedButOpenForATicketsWholeLife) {
  HandClock clock;
  TlsTicketKeys keys(clock);
  const auto first = keys.ForSealing();
  clock.now += minutes(59);
  EXPECT_EQ(keys.ForSealing()->name, first->name);
  clock.now += minutes(59);
  EXPECT_NE(keys.ForSealing()->name, first->name);
  const auto opening = keys.ForOpening(first->name);
  ASSERT_TRUE(opening);
  EXPECT_TRUE(opening->renew);
  clock.now += minutes(61);
  EXPECT_NE(keys.ForSealing()->name, first->name);
  EXPECT_FALSE(keys.ForOpening(first->name));
}

TEST(TlsTicketKeys, AfterALongSilenceNothingOldIsOpened) {
  HandClock clock;
  TlsTicketKeys keys(clock);
  const auto first = keys.ForSealing();
  clock.now += minutes(121);
  EXPECT_FALSE(keys.ForOpening(first->name));
}

TEST(TlsTicketKeys, AreNobodyElses) {
  TlsTicketKeys ours;
  TlsTicketKeys theirs;
  EXPECT_FALSE(ours.ForOpening(theirs.ForSealing()->name));
}

}  // namespace
}  // namespace llmgw::net
