#include "controlplane/store/open_stores.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "tests/contract/store_fixture.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_dir.h"

namespace llmgw::controlplane::store {
namespace {

class OpenStoresOnAll : public StoreTest {};
INSTANTIATE_ON_ALL_STORES(OpenStoresOnAll);

TEST_P(OpenStoresOnAll, SayWhatTheyAre) {
  EXPECT_EQ(config().kind(), GetParam().name);
  EXPECT_TRUE(config().Ping());
}

TEST_P(OpenStoresOnAll, FindTheTablesOfTheLastTimeUpToDate) {
  for (int i = 0; i < 3; ++i) Reopen();
  EXPECT_EQ(Must(config().Load())->revision, 0u);
}

TEST_P(OpenStoresOnAll, KeepEverythingOverAReopen) {
  const std::string id = Must(config().StoreId());
  const std::string meta =
      Must(config().GetOrCreateMeta("hash_key", std::string("\0\xFFsecret", 8)));
  Must(Put(config(), UpstreamNamed("a", "https://a.example")));
  Must(Put(config(), KeyWithId("key_1")));
  Must(Remove(config(), "client_key", "key_1"));
  Must(logs().Append("dp", {FullRecord("req_1")}));
  const auto before = Must(config().Load());
  Reopen();
  const auto after = Must(config().Load());
  EXPECT_EQ(after->revision, before->revision);
  ASSERT_EQ(after->resources.size(), 1u);
  EXPECT_EQ(after->Find("upstream", "a")->resource.SerializeAsString(),
            before->Find("upstream", "a")->resource.SerializeAsString());
  EXPECT_EQ(after->Find("upstream", "a")->created_at, before->Find("upstream", "a")->created_at);
  EXPECT_EQ(Must(config().ListAudit("", "", 0, 10)).size(), 3u);
  EXPECT_EQ(Must(config().StoreId()), id);
  EXPECT_EQ(Must(config().GetOrCreateMeta("hash_key", "another")), meta);
  EXPECT_EQ(Must(logs().Get("req_1")).request_id(), "req_1");
}

TEST_P(OpenStoresOnAll, RefuseADatabaseOfANewerProgram) {
  database_->Sql(
      "INSERT INTO schema_version (version, what, applied_at) "
      "SELECT 999, 'from the future', max(applied_at) FROM schema_version");
  auto opened = OpenStores(database_->Url(), clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(opened.error().field, "database");
  EXPECT_NE(opened.error().message.find("999"), std::string::npos) << opened.error().message;
}

TEST_P(OpenStoresOnAll, MigrateOnceWhenManyStartTogether) {
  const std::unique_ptr<TestDatabase> fresh = GetParam().make_database();
  std::vector<std::string> ids(4);
  std::vector<std::thread> starters;
  for (std::string& id : ids) {
    starters.emplace_back([&] {
      auto opened = OpenStores(fresh->Url(), clock_);
      id = opened ? Must((*opened)->config->StoreId()) : opened.error().Describe();
    });
  }
  for (std::thread& starter : starters) starter.join();
  for (const std::string& id : ids) EXPECT_EQ(id, ids.front());
  EXPECT_EQ(ids.front().substr(0, 6), "store_");
}

TEST_P(OpenStoresOnAll, GiveTheSameMetaToAllThatRace) {
  auto other = OpenAgain();
  std::vector<std::string> got(8);
  std::vector<std::thread> racers;
  for (size_t i = 0; i < got.size(); ++i) {
    racers.emplace_back([&, i] {
      ConfigStore& store = i % 2 == 0 ? config() : *other->config;
      got[i] = Must(store.GetOrCreateMeta("key", "value-of-" + std::to_string(i)));
    });
  }
  for (std::thread& racer : racers) racer.join();
  for (const std::string& value : got) EXPECT_EQ(value, got.front());
}

TEST(OpenStores, NameTheFormsThatADatabaseCanHave) {
  for (const std::string url : {"", "mysql://root:hunter2@h/db", "controlplane.db",
                                "sqlite:", "sqlite::memory:", "postgres:/x"}) {
    auto opened = OpenStores(url);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().kind, ErrorKind::kInvalidArgument) << url;
    EXPECT_EQ(opened.error().field, "database") << url;
    EXPECT_NE(opened.error().message.find("sqlite:"), std::string::npos);
    EXPECT_EQ(opened.error().message.find("hunter2"), std::string::npos);
  }
}

TEST(OpenStores, NeverRepeatAPostgresUrlOrItsPassword) {
  for (const std::string url :
       {"postgres://user:hunter2%@host/db", "postgres://user:hunter2@[::1/db",
        "postgres://user@host:hunter2/db", "postgres://user:hunter2@host/db?hunter2=1",
        "postgres://user:hunter2@127.0.0.1:1/db", "postgresql://user:hunter2@127.0.0.1:1/"}) {
    auto opened = OpenStores(url);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().Describe().find("hunter2"), std::string::npos)
        << opened.error().Describe();
  }
}

TEST(OpenStores, SayThatAPostgresWhichIsAwayMayComeBack) {
  auto opened = OpenStores("postgres://user:hunter2@127.0.0.1:1/db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(opened.error().message.find("127.0.0.1:1/db"), std::string::npos)
      << opened.error().message;
}

TEST(OpenStores, RefuseADatabaseThatCannotHoldAllText) {
  test::PostgresDatabase database;
  const std::string server = database.url();
  (void)test::RunToEnd({.program = "psql",
                        .args = {server, "-qc",
                                 "CREATE DATABASE latin1_of_contract ENCODING 'LATIN1' LOCALE 'C' "
                                 "TEMPLATE template0"},
                        .env = {},
                        .input = {}});
  const size_t path = server.find('/', server.find("://") + 3);
  const size_t query = server.find('?');
  const std::string url = server.substr(0, path) + "/latin1_of_contract" +
                          (query == std::string::npos ? "" : server.substr(query));
  auto opened = OpenStores(url);
  (void)test::RunToEnd({.program = "psql",
                        .args = {server, "-qc", "DROP DATABASE latin1_of_contract WITH (FORCE)"},
                        .env = {},
                        .input = {}});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kInvalidArgument) << opened.error().message;
  EXPECT_NE(opened.error().message.find("UTF8"), std::string::npos);
}

TEST(OpenStores, MakeASqliteFileThatOthersCannotRead) {
  test::TempDir dir;
  auto opened = OpenStores("sqlite:" + dir.Path("c.db"));
  ASSERT_TRUE(opened) << opened.error().Describe();
  Must(Put(*(*opened)->config, UpstreamNamed("a")));
  for (const char* name : {"c.db", "c.db-wal", "c.db-shm"}) {
    struct stat info {};
    ASSERT_EQ(stat(dir.Path(name).c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST(OpenStores, NameTheSqliteFileThatCannotBeOpened) {
  test::TempDir dir;
  auto opened = OpenStores("sqlite:" + dir.Path("no/such/folder.db"));
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("no/such/folder.db"), std::string::npos);
}

TEST(OpenStores, RefuseAFileThatIsNotADatabase) {
  test::TempDir dir;
  dir.Write("c.db", std::string(4096, 'x'));
  EXPECT_FALSE(OpenStores("sqlite:" + dir.Path("c.db")));
}

}  // namespace
}  // namespace llmgw::controlplane::store
