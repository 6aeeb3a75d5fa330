#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "controlplane/store/config_cache.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/sqlite/sqlite_database.h"

namespace llmgw::controlplane::store::sqlite {

class SqliteConfigStore : public ConfigStore {
 public:
  SqliteConfigStore(std::shared_ptr<SqliteDatabase> database, const Clock& clock)
      : database_(std::move(database)), clock_(clock) {}

  std::string_view kind() const override { return "sqlite"; }
  Result<std::string> StoreId() override;
  Result<std::shared_ptr<const ConfigState>> Load() override;
  Result<Committed> Transact(const Decide& decide) override;
  Result<std::vector<AuditRecord>> ListAudit(const std::string& kind, const std::string& name,
                                             uint64_t before_revision, size_t limit) override;
  Result<std::string> GetOrCreateMeta(const std::string& name, const std::string& initial) override;
  Status Ping() override;

 private:
  const std::shared_ptr<SqliteDatabase> database_;
  const Clock& clock_;
  ConfigCache cache_;
};

}  // namespace llmgw::controlplane::store::sqlite
