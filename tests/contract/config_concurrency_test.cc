#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/contract/store_fixture.h"
#include "tests/support/wait.h"

namespace llmgw::controlplane::store {
namespace {

class ConfigConcurrencyOnAll : public StoreTest {
 protected:
  // Adds one to the number in the endpoint of upstream "counter".
  static Status Increment(ConfigStore& store) {
    auto done = store.Transact([](const ConfigState& current) -> Result<Change> {
      const auto now = current.Find("upstream", "counter");
      const int value = now == nullptr ? 0 : std::stoi(now->resource.upstream().endpoint());
      return Change{.action = "update",
                    .actor = "t",
                    .id = {"upstream", "counter"},
                    .body = UpstreamNamed("counter", std::to_string(value + 1)),
                    .secrets = {}};
    });
    if (!done) return Fail(done.error());
    return {};
  }

  static int Counter(const ConfigState& state) {
    return std::stoi(state.Find("upstream", "counter")->resource.upstream().endpoint());
  }
};
INSTANTIATE_ON_ALL_STORES(ConfigConcurrencyOnAll);

TEST_P(ConfigConcurrencyOnAll, LosesNoChangeOfThreadsAndControlplanes) {
  constexpr int kThreads = 6;
  constexpr int kChanges = 15;
  auto other = OpenAgain();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ConfigStore& store = t % 2 == 0 ? config() : *other->config;
      for (int i = 0; i < kChanges; ++i) {
        const Status done = Increment(store);
        EXPECT_TRUE(done) << done.error().Describe();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (ConfigStore* store : {&config(), other->config.get()}) {
    const auto state = Must(store->Load());
    EXPECT_EQ(state->revision, static_cast<uint64_t>(kThreads * kChanges));
    EXPECT_EQ(Counter(*state), kThreads * kChanges);
  }
}

TEST_P(ConfigConcurrencyOnAll, DecidesOneAtATime) {
  auto other = OpenAgain();
  std::mutex mutex;
  std::condition_variable changed;
  bool first_is_deciding = false;
  bool second_has_begun = false;
  std::atomic<bool> second_has_decided{false};

  std::thread first([&] {
    Must(config().Transact([&](const ConfigState&) -> Result<Change> {
      std::unique_lock lock(mutex);
      first_is_deciding = true;
      changed.notify_all();
      EXPECT_TRUE(changed.wait_for(lock, test::kPatience, [&] { return second_has_begun; }));
      EXPECT_FALSE(second_has_decided);
      return Change{.action = "create",
                    .actor = "first",
                    .id = {"upstream", "a"},
                    .body = UpstreamNamed("a"),
                    .secrets = {}};
    }));
  });
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, test::kPatience, [&] { return first_is_deciding; }));
    second_has_begun = true;
    changed.notify_all();
  }
  Must(other->config->Transact([&](const ConfigState& current) -> Result<Change> {
    second_has_decided = true;
    EXPECT_NE(current.Find("upstream", "a"), nullptr) << "must see what the first one committed";
    return Change{.action = "create",
                  .actor = "second",
                  .id = {"upstream", "b"},
                  .body = UpstreamNamed("b"),
                  .secrets = {}};
  }));
  first.join();
  EXPECT_EQ(Must(config().Load())->revision, 2u);
}

TEST_P(ConfigConcurrencyOnAll, LoadsWhileAnotherDecides) {
  Must(Put(config(), UpstreamNamed("a")));
  auto other = OpenAgain();
  Must(config().Transact([&](const ConfigState&) -> Result<Change> {
    EXPECT_EQ(Must(config().Load())->revision, 1u);
    EXPECT_EQ(Must(other->config->Load())->revision, 1u);
    return Change{.action = "create",
                  .actor = "t",
                  .id = {"upstream", "b"},
                  .body = UpstreamNamed("b"),
                  .secrets = {}};
  }));
}

TEST_P(ConfigConcurrencyOnAll, LoadsWhileManyWaitToChange) {
  Must(Put(config(), UpstreamNamed("a")));
  std::vector<std::thread> waiting;
  Must(config().Transact([&](const ConfigState&) -> Result<Change> {
    for (int i = 0; i < 20; ++i) {
      waiting.emplace_back([&] { EXPECT_TRUE(Increment(config())); });
    }
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Must(config().Load())->revision, 1u);
    return Change{.action = "create",
                  .actor = "t",
                  .id = {"upstream", "b"},
                  .body = UpstreamNamed("b"),
                  .secrets = {}};
  }));
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(Must(config().Load())->revision, 22u);
}

TEST_P(ConfigConcurrencyOnAll, SeesTheChangesOfAnotherControlplaneInSteps) {
  auto other = OpenAgain();
  Must(Put(config(), UpstreamNamed("gone")));
  Must(Put(config(), UpstreamNamed("kept"), {{"c1", "k", "s1"}}));
  Must(other->config->Load());
  Must(Remove(config(), "upstream", "gone"));
  Must(Put(config(), UpstreamNamed("new")));
  Must(Remove(config(), "upstream", "new"));
  Must(Put(config(), UpstreamNamed("new", "https://again")));
  Must(Put(config(), UpstreamNamed("kept"), {{"c1", "k", "s2"}}));
  const auto seen = Must(other->config->Load());
  EXPECT_EQ(seen->revision, 7u);
  EXPECT_EQ(seen->Find("upstream", "gone"), nullptr);
  EXPECT_EQ(seen->Find("upstream", "new")->resource.upstream().endpoint(), "https://again");
  EXPECT_EQ(seen->Find("upstream", "new")->resource.created_revision(), 6u);
  EXPECT_EQ(seen->Find("upstream", "kept")->secrets.at(0).sealed, "s2");
}

TEST_P(ConfigConcurrencyOnAll, ReadsEverythingAgainWhenTheAuditWasCutShort) {
  auto other = OpenAgain();
  Must(Put(config(), UpstreamNamed("a")));
  Must(other->config->Load());
  Must(Put(config(), UpstreamNamed("b")));
  Must(Put(config(), UpstreamNamed("c")));
  database_->Sql("DELETE FROM config_audit WHERE revision < 3");
  EXPECT_EQ(Must(other->config->Load())->resources.size(), 3u);
}

TEST_P(ConfigConcurrencyOnAll, FollowsADatabaseThatWasSetBack) {
  for (const char* name : {"a", "b", "c"}) Must(Put(config(), UpstreamNamed(name)));
  const auto lost = Must(config().Load());
  database_->Sql(
      "DELETE FROM config_resources WHERE name = 'c'; DELETE FROM config_audit WHERE revision = 3;"
      "UPDATE config_revision SET revision = 2");
  const auto set_back = Must(config().Load());
  EXPECT_EQ(set_back->resources.size(), 2u);
  EXPECT_TRUE(set_back->IsNewerThan(*lost)) << "or it reaches nobody";
  const auto next = Must(Put(config(), UpstreamNamed("d"))).state;
  EXPECT_EQ(next->revision, 3u);
  EXPECT_TRUE(next->IsNewerThan(*set_back));
  EXPECT_TRUE(next->IsNewerThan(*lost));
  EXPECT_EQ(Must(config().Load())->Find("upstream", "c"), nullptr);
}

TEST_P(ConfigConcurrencyOnAll, AChangeIsTheFirstToSeeADatabaseThatWasSetBack) {
  for (const char* name : {"a", "b", "c"}) Must(Put(config(), UpstreamNamed(name)));
  const auto lost = Must(config().Load());
  database_->Sql(
      "DELETE FROM config_resources WHERE revision > 1; DELETE FROM config_audit WHERE revision > "
      "1;"
      "UPDATE config_revision SET revision = 1");
  const auto next = Must(Put(config(), UpstreamNamed("d"))).state;
  EXPECT_EQ(next->revision, 2u);
  EXPECT_TRUE(next->IsNewerThan(*lost));
  EXPECT_EQ(Must(config().Load()), next);
}

}  // namespace
}  // namespace llmgw::controlplane::store
