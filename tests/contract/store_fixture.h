#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/store/open_stores.h"

namespace llmgw::controlplane::store {

// An empty database of its own for one test, gone with it.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  virtual std::string Url() const = 0;
  // Runs SQL beside the store.
  virtual void Sql(const std::string& statement) = 0;
};

// One way to keep things; every rule of the contract holds for each.
struct Backend {
  std::string name;  // as ConfigStore::kind() says it
  std::function<std::unique_ptr<TestDatabase>()> make_database;
};
const std::vector<Backend>& AllBackends();

// Time that moves only when told.
class FakeClock : public Clock {
 public:
  MonotonicTime Monotonic() const override { return MonotonicTime(); }
  WallTime Wall() const override { return now; }
  WallTime now = WallTime(std::chrono::seconds(1'800'000'000));
};

class StoreTest : public testing::TestWithParam<Backend> {
 protected:
  StoreTest() : database_(GetParam().make_database()), stores_(OpenAgain()) {}

  // A second (third, …) pair of stores on the same database, as another controlplane has.
  std::unique_ptr<Stores> OpenAgain();
  void CloseStores() { stores_.reset(); }
  void Reopen() {
    CloseStores();
    stores_ = OpenAgain();
  }
  ConfigStore& config() { return *stores_->config; }
  LogStore& logs() { return *stores_->logs; }

  FakeClock clock_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Stores> stores_;
};

#define INSTANTIATE_ON_ALL_STORES(suite)               \
  INSTANTIATE_TEST_SUITE_P(                            \
      Stores, suite, testing::ValuesIn(AllBackends()), \
      [](const testing::TestParamInfo<Backend>& backend) { return backend.param.name; })

// The value, or a failed test that shows the error.
template <typename T>
T Must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().Describe();
    throw std::runtime_error(result.error().Describe());
  }
  return std::move(*result);
}

// ---- configuration

config::v1::Resource UpstreamNamed(const std::string& name, const std::string& endpoint = "");
config::v1::Resource KeyWithId(const std::string& id);

// Puts a resource, whatever was there.
Result<Committed> Put(ConfigStore& store, const config::v1::Resource& resource,
                      std::vector<SealedSecret> secrets = {});
Result<Committed> Remove(ConfigStore& store, const std::string& kind, const std::string& name);

// ---- request logs

// A record with every field set to something of its own.
usage::v1::RequestRecord FullRecord(const std::string& request_id);
// One with an id and a time (microseconds), and no more.
usage::v1::RequestRecord RecordAt(const std::string& request_id, int64_t time_us);

std::vector<std::string> IdsOf(const std::vector<LogEntry>& entries);
// All pages of a query, `page` records each.
std::vector<std::string> ListIds(LogStore& logs, const LogQuery& query, size_t page = 100);

}  // namespace llmgw::controlplane::store
