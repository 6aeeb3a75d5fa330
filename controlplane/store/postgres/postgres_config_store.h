#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "controlplane/store/config_cache.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/postgres/connection_pool.h"

namespace llmgw::controlplane::store::postgres {

class PostgresConfigStore : public ConfigStore {
 public:
  PostgresConfigStore(const DatabaseUrl& url, const Clock& clock);

  // Connects and brings the tables up to date. Call once, before anything else.
  Status Open();

  std::string_view kind() const override { return "postgres"; }
  Result<std::string> StoreId() override;
  Result<std::shared_ptr<const ConfigState>> Load() override;
  Result<Committed> Transact(const Decide& decide) override;
  Result<std::vector<AuditRecord>> ListAudit(const std::string& kind, const std::string& name,
                                             uint64_t before_revision, size_t limit) override;
  Result<std::string> GetOrCreateMeta(const std::string& name, const std::string& initial) override;
  Status Ping() override;

 private:
  Result<Committed> TransactOn(pqxx::connection& connection, const Decide& decide, bool* decided);

  const Clock& clock_;

  // Changes of this process queue here, before they take a connection: those that wait for the row
  // lock would otherwise hold every connection of the pool, and reading would wait for changing.
  std::mutex change_turn_;
  ConnectionPool pool_;
  ConfigCache cache_;
};

}  // namespace llmgw::controlplane::store::postgres
