#include "controlplane/snapshot/change_feed.h"

#include "tests/support/wait.h"
#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::snapshot {
namespace {

using std::chrono::milliseconds;

class ChangeFeedTest : public ConfigFixture {
 protected:
  bool Sees(uint64_t revision) {
    return test::WaitFor([&] {
      auto state = publisher.Current();
      return state != nullptr && state->revision == revision;
    });
  }

  ChangeFeed feed{store, publisher, milliseconds(1)};
};

TEST_F(ChangeFeedTest, PublishesWhatOthersCommit) {
  feed.Start();
  EXPECT_TRUE(Sees(0));
  PutRoute("r", "/v1");
  EXPECT_TRUE(Sees(1));
  EXPECT_EQ(feed.StoreError(), "");
}

TEST_F(ChangeFeedTest, GoesOnAfterTheStoreWasAway) {
  store.GoAway();
  feed.Start();
  EXPECT_TRUE(test::WaitFor([&] { return feed.StoreError() == "the store is away"; }));
  EXPECT_EQ(publisher.Current(), nullptr);
  store.Return();
  EXPECT_TRUE(Sees(0));
  EXPECT_TRUE(test::WaitFor([&] { return feed.StoreError().empty(); }));
}

TEST_F(ChangeFeedTest, StartAndStopMayBeRepeated) {
  feed.Stop();
  feed.Start();
  feed.Start();
  feed.Stop();
  feed.Stop();
  PutRoute("r", "/v1");
  feed.Start();
  EXPECT_TRUE(Sees(1));
}

TEST_F(ChangeFeedTest, PokeLooksAtOnce) {
  ChangeFeed slow(store, publisher, std::chrono::hours(1));
  slow.Start();
  EXPECT_TRUE(Sees(0));
  PutRoute("r", "/v1");
  slow.Poke();
  EXPECT_TRUE(Sees(1));
}

}  // namespace
}  // namespace llmgw::controlplane::snapshot
