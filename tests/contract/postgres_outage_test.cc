#include <atomic>
#include <memory>
#include <thread>

#include "tests/contract/store_fixture.h"
#include "tests/support/postgres.h"
#include "tests/support/wait.h"

namespace llmgw::controlplane::store {
namespace {

// A server of its own, which these tests kill.
class PostgresOutage : public testing::Test {
 protected:
  PostgresOutage() : stores_(Must(OpenStores(server_.url()))) {
    Must(Put(config(), UpstreamNamed("a")));
    Must(logs().Append("dp", {FullRecord("req_1")}));
  }
  ConfigStore& config() { return *stores_->config; }
  LogStore& logs() { return *stores_->logs; }

  void ExpectAway(const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable) << error.message;
    EXPECT_EQ(error.message.find(test::PostgresServer::password()), std::string::npos)
        << error.message;
    EXPECT_EQ(error.message.find("postgres://"), std::string::npos) << error.message;
  }

  test::PostgresServer server_;
  std::unique_ptr<Stores> stores_;
};

TEST_F(PostgresOutage, IsUnavailableWhileTheServerIsAwayAndWorksOnceItIsBack) {
  server_.Stop();
  for (int round = 0; round < 2; ++round) {
    ExpectAway(config().Ping().error());
    ExpectAway(config().Load().error());
    ExpectAway(Put(config(), UpstreamNamed("b")).error());
    ExpectAway(config().ListAudit("", "", 0, 1).error());
    ExpectAway(config().GetOrCreateMeta("m", "v").error());
    ExpectAway(logs().Append("dp", {FullRecord("req_2")}).error());
    ExpectAway(logs().List({}, "", 1).error());
    ExpectAway(logs().After({}, 0, 1).error());
    ExpectAway(logs().LastSequence().error());
    ExpectAway(logs().Get("req_1").error());
  }
  server_.Start();
  EXPECT_TRUE(config().Ping());
  EXPECT_EQ(Must(config().Load())->revision, 1u);
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("b"))).state->revision, 2u);
  EXPECT_EQ(Must(logs().Append("dp", {FullRecord("req_1"), FullRecord("req_2")})).stored, 1u);
  EXPECT_EQ(Must(logs().Get("req_2")).attempts_size(), 2);
}

TEST_F(PostgresOutage, DoesNotNoticeARestartBetweenTwoCalls) {
  server_.Stop();
  server_.Start();
  EXPECT_EQ(Must(logs().Append("dp", {FullRecord("req_2")})).stored, 1u);
  EXPECT_EQ(Must(config().Load())->revision, 1u);
  server_.Stop();
  server_.Start();
  EXPECT_EQ(Must(Put(config(), UpstreamNamed("b"))).state->revision, 2u);
  EXPECT_EQ(Must(logs().LastSequence()), Must(logs().After({}, 0, 10)).back().sequence);
}

TEST_F(PostgresOutage, ChangesNothingWhenTheServerDiesWhileDeciding) {
  int decisions = 0;
  auto lost = config().Transact([&](const ConfigState&) -> Result<Change> {
    ++decisions;
    server_.Stop();
    return Change{.action = "create",
                  .actor = "t",
                  .id = {"upstream", "b"},
                  .body = UpstreamNamed("b"),
                  .secrets = {}};
  });
  ASSERT_FALSE(lost);
  ExpectAway(lost.error());
  EXPECT_EQ(decisions, 1);
  server_.Start();
  EXPECT_EQ(Must(config().Load())->revision, 1u);
  EXPECT_EQ(Must(config().Load())->Find("upstream", "b"), nullptr);
}

TEST_F(PostgresOutage, TailingOverACrashMissesNothingThatWasAcknowledged) {
  std::atomic<bool> stop{false};
  std::vector<std::string> acknowledged;
  std::thread appender([&] {
    for (int i = 0; !stop; ++i) {
      const std::string id = "req_x" + std::to_string(i);
      if (logs().Append("dp", {RecordAt(id, i)})) acknowledged.push_back(id);
    }
  });
  ASSERT_TRUE(test::WaitFor([&] { return Must(logs().LastSequence()) > 20; }));
  server_.Stop();
  server_.Start();
  const uint64_t after_crash = Must(logs().LastSequence());
  ASSERT_TRUE(test::WaitFor([&] { return Must(logs().LastSequence()) > after_crash + 20; }));
  stop = true;
  appender.join();

  std::vector<std::string> tailed;
  uint64_t last = 0;
  for (;;) {
    const auto found = Must(logs().After({}, last, 100));
    if (found.empty()) break;
    last = found.back().sequence;
    for (std::string& id : IdsOf(found)) tailed.push_back(std::move(id));
  }
  for (const std::string& id : acknowledged) {
    EXPECT_EQ(std::count(tailed.begin(), tailed.end(), id), 1) << id;
  }
}

}  // namespace
}  // namespace llmgw::controlplane::store
