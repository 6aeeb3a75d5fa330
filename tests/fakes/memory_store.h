#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/log_store.h"

namespace llmgw::test {

// A ConfigStore in memory that keeps the real ones' rules (it plans changes with their code) and
// can be taken away.
class MemoryConfigStore final : public controlplane::store::ConfigStore {
 public:
  MemoryConfigStore();

  // Every call fails with kUnavailable until Return().
  void GoAway();
  void Return();
  // As a restored backup does: what was `state` is current again, in a new epoch.
  void SetBackTo(const controlplane::store::ConfigState& state);

  std::string_view kind() const override { return "memory"; }
  Result<std::string> StoreId() override;
  Result<std::shared_ptr<const controlplane::store::ConfigState>> Load() override;
  Result<controlplane::store::Committed> Transact(const Decide& decide) override;
  Result<std::vector<controlplane::store::AuditRecord>> ListAudit(const std::string& kind,
                                                                  const std::string& name,
                                                                  uint64_t before_revision,
                                                                  size_t limit) override;
  Result<std::string> GetOrCreateMeta(const std::string& name, const std::string& initial) override;
  Status Ping() override;

 private:
  Status Here() const;

  mutable std::mutex mutex_;
  bool away_ = false;
  std::shared_ptr<const controlplane::store::ConfigState> state_;
  std::vector<controlplane::store::AuditRecord> audit_;
  std::map<std::string, std::string> meta_;
};

// A LogStore in memory. Filters by key, route, upstream, reason and status only; cursors are
// request ids.
class MemoryLogStore final : public controlplane::store::LogStore {
 public:
  void GoAway();
  void Return();
  // Batches wait, as for a slow database, until Uncork() or until they are not wanted any more.
  void Cork();
  void Uncork();
  int waiting() const;    // batches that wait
  int abandoned() const;  // batches that were not wanted any more

  Result<controlplane::store::AppendResult> Append(
      const std::string& dataplane_id, const std::vector<usage::v1::RequestRecord>& records,
      const Wanted& wanted) override;
  Result<PageOfLogs> List(const controlplane::store::LogQuery& query, const std::string& cursor,
                          size_t limit) override;
  Result<std::vector<controlplane::store::LogEntry>> After(
      const controlplane::store::LogQuery& query, uint64_t sequence, size_t limit) override;
  Result<uint64_t> LastSequence() override;
  Result<usage::v1::RequestRecord> Get(const std::string& request_id) override;

 private:
  Status Here() const;

  mutable std::mutex mutex_;
  std::condition_variable uncorked_;
  bool away_ = false;
  bool corked_ = false;
  int waiting_ = 0;
  int abandoned_ = 0;
  std::vector<controlplane::store::LogEntry> entries_;
};

}  // namespace llmgw::test
