#include "tests/contract/store_fixture.h"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

#include "controlplane/store/time_micros.h"
#include "tests/support/postgres.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace llmgw::controlplane::store {
namespace {

class SqliteTestDatabase : public TestDatabase {
 public:
  std::string Url() const override { return "sqlite:" + dir_.Path("controlplane.db"); }
  void Sql(const std::string& statement) override {
    sqlite3* db = nullptr;
    int code = sqlite3_open(dir_.Path("controlplane.db").c_str(), &db);
    if (code == SQLITE_OK) sqlite3_busy_timeout(db, 10'000);
    if (code == SQLITE_OK) {
      code = sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr);
    }
    const std::string message = sqlite3_errmsg(db);
    sqlite3_close(db);
    if (code != SQLITE_OK) throw std::runtime_error(message);
  }

 private:
  test::TempDir dir_;
};

class PostgresTestDatabase : public TestDatabase {
 public:
  std::string Url() const override { return database_.url(); }
  void Sql(const std::string& statement) override {
    const test::Finished finished =
        test::RunToEnd({.program = "psql",
                        .args = {database_.url(), "-v", "ON_ERROR_STOP=1", "-qAt", "-c", statement},
                        .env = {},
                        .input = {}});
    if (!finished.exit.Clean()) throw std::runtime_error(finished.output);
  }

 private:
  test::PostgresDatabase database_;
};

}  // namespace

const std::vector<Backend>& AllBackends() {
  static const std::vector<Backend> kBackends = {
      {"sqlite", [] { return std::make_unique<SqliteTestDatabase>(); }},
      {"postgres", [] { return std::make_unique<PostgresTestDatabase>(); }},
  };
  return kBackends;
}

std::unique_ptr<Stores> StoreTest::OpenAgain() {
  return Must(OpenStores(database_->Url(), clock_));
}

config::v1::Resource UpstreamNamed(const std::string& name, const std::string& endpoint) {
  config::v1::Resource resource;
  resource.mutable_upstream()->set_name(name);
  resource.mutable_upstream()->set_endpoint(endpoint);
  return resource;
}

config::v1::Resource KeyWithId(const std::string& id) {
  config::v1::Resource resource;
  resource.mutable_client_key()->set_id(id);
  resource.mutable_client_key()->set_name("name-of-" + id);
  return resource;
}

Result<Committed> Put(ConfigStore& store, const config::v1::Resource& resource,
                      std::vector<SealedSecret> secrets) {
  return store.Transact([&](const ConfigState& current) -> Result<Change> {
    const ResourceId id =
        resource.has_upstream() ? ResourceId("upstream", resource.upstream().name())
        : resource.has_route()  ? ResourceId("route", resource.route().name())
                                : ResourceId("client_key", resource.client_key().id());
    const bool known = current.Find(id.first, id.second) != nullptr;
    return Change{.action = known ? "update" : "create",
                  .actor = "tester",
                  .id = id,
                  .body = resource,
                  .secrets = std::move(secrets)};
  });
}

Result<Committed> Remove(ConfigStore& store, const std::string& kind, const std::string& name) {
  return store.Transact([&](const ConfigState&) -> Result<Change> {
    return Change{
        .action = "delete", .actor = "tester", .id = {kind, name}, .body = {}, .secrets = {}};
  });
}

usage::v1::RequestRecord RecordAt(const std::string& request_id, int64_t time_us) {
  usage::v1::RequestRecord record;
  record.set_request_id(request_id);
  *record.mutable_time() = ToTimestamp(time_us);
  record.set_dataplane_id("dp-1");
  return record;
}

usage::v1::RequestRecord FullRecord(const std::string& request_id) {
  usage::v1::RequestRecord record = RecordAt(request_id, 1'800'000'000'123'456);
  record.set_route("default");
  record.set_upstream("openai");
  record.set_key_id("key_abcdefghijklmnop");
  record.set_client_address("192.0.2.7");
  record.set_method("POST");
  record.set_path("/v1/chat/completions");
  record.set_model_asked("gpt-4o-mini");
  record.set_model_served("gpt-4o-mini-2024-07-18");
  record.set_stream(true);
  record.set_status(200);
  record.set_reason("ok");
  record.set_fault("upstream");
  record.set_request_bytes(1'000);
  record.set_response_bytes(5'000'000'000);
  record.set_first_byte_us(250'001);
  record.set_total_us(2'500'002);
  record.set_gateway_us(42);
  record.set_input_tokens(10);
  record.set_output_tokens(20);
  record.set_cached_input_tokens(0);  // reported as none, which differs from not reported
  record.set_user_agent(
      "OpenAI/Python 1.2 \"quoted\" \\ {a,b} gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
  record.set_request_body("{\"model\":\"gpt-4o-mini\"}");
  record.set_response_body("data: {}\n\n");
  record.set_bodies_truncated(true);
  record.set_response_content_type("text/event-stream");
  for (uint32_t number : {1u, 2u}) {
    usage::v1::Attempt* attempt = record.add_attempts();
    attempt->set_number(number);
    attempt->set_upstream("upstream-" + std::to_string(number));
    attempt->set_credential_id("c1");
    *attempt->mutable_time() = ToTimestamp(1'800'000'000'200'000 + number);
    attempt->set_status(number == 1 ? 503 : 200);
    attempt->set_outcome(number == 1 ? "status_5xx" : "ok");
    attempt->set_connect_us(900);
    attempt->set_first_byte_us(80'000);
    attempt->set_total_us(90'000);
    attempt->set_address("[2001:db8::1]:443");
    attempt->set_reused_connection(number == 2);
    attempt->set_error(number == 1 ? "it said, \"no\"" : "");
  }
  return record;
}

std::vector<std::string> IdsOf(const std::vector<LogEntry>& entries) {
  std::vector<std::string> ids;
  for (const LogEntry& entry : entries) ids.push_back(entry.record.request_id());
  return ids;
}

std::vector<std::string> ListIds(LogStore& logs, const LogQuery& query, size_t page) {
  std::vector<std::string> ids;
  std::string cursor;
  do {
    const LogStore::PageOfLogs found = Must(logs.List(query, cursor, page));
    EXPECT_LE(found.entries.size(), page);
    for (std::string& id : IdsOf(found.entries)) ids.push_back(std::move(id));
    cursor = found.next_cursor;
  } while (!cursor.empty());
  return ids;
}

}  // namespace llmgw::controlplane::store
