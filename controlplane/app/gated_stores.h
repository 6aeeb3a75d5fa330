#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/store/config_store.h"
#include "controlplane/store/log_store.h"
#include "controlplane/store/open_stores.h"

namespace llmgw::controlplane::app {

// The stores as the rest of the program sees them from the first moment, whether the database is
// there yet or not: until Open() every call fails with kUnavailable and the reason; afterwards
// calls go through. Counts llmgw_store_errors_total{kind}. Safe for concurrent use.
class GatedStores {
 public:
  explicit GatedStores(prometheus::Registry& registry);

  store::ConfigStore& config() { return config_; }
  store::LogStore& logs() { return logs_; }

  // Why the database is not there, for the calls that fail until it is.
  void SetReason(std::string reason);
  // At most once.
  void Open(std::unique_ptr<store::Stores> stores);
  bool IsOpen() const { return open_.load() != nullptr; }

 private:
  // The real store, or why there is none.
  Result<store::Stores*> Get() const;
  // Passes a result on and counts it when it is the store's own failure.
  template <typename R>
  R Counted(R result) {
    if (!result) Count(result.error());
    return result;
  }
  void Count(const Error& error);

  class Config final : public store::ConfigStore {
   public:
    explicit Config(GatedStores& gate) : gate_(gate) {}
    std::string_view kind() const override;
    Result<std::string> StoreId() override;
    Result<std::shared_ptr<const store::ConfigState>> Load() override;
    Result<store::Committed> Transact(const Decide& decide) override;
    Result<std::vector<store::AuditRecord>> ListAudit(const std::string& kind,
                                                      const std::string& name,
                                                      uint64_t before_revision,
                                                      size_t limit) override;
    Result<std::string> GetOrCreateMeta(const std::string& name,
                                        const std::string& initial) override;
    Status Ping() override;

   private:
    GatedStores& gate_;
  };

  class Logs final : public store::LogStore {
   public:
    explicit Logs(GatedStores& gate) : gate_(gate) {}
    Result<store::AppendResult> Append(const std::string& dataplane_id,
                                       const std::vector<usage::v1::RequestRecord>& records,
                                       const Wanted& wanted) override;
    Result<PageOfLogs> List(const store::LogQuery& query, const std::string& cursor,
                            size_t limit) override;
    Result<std::vector<store::LogEntry>> After(const store::LogQuery& query, uint64_t sequence,
                                               size_t limit) override;
    Result<uint64_t> LastSequence() override;
    Result<usage::v1::RequestRecord> Get(const std::string& request_id) override;

   private:
    GatedStores& gate_;
  };

  Config config_{*this};
  Logs logs_{*this};
  prometheus::Family<prometheus::Counter>& errors_;
  std::unique_ptr<store::Stores> stores_;  // set once, before open_
  std::atomic<store::Stores*> open_ = nullptr;
  mutable std::mutex mutex_;
  std::string reason_ = "the database is not open yet";  // guarded by mutex_
};

}  // namespace llmgw::controlplane::app
