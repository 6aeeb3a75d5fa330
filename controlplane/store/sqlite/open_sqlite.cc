#include "controlplane/store/sqlite/open_sqlite.h"

#include <utility>

#include "controlplane/store/sqlite/sqlite_config_store.h"
#include "controlplane/store/sqlite/sqlite_database.h"
#include "controlplane/store/sqlite/sqlite_log_store.h"

namespace llmgw::controlplane::store {

Result<std::unique_ptr<Stores>> OpenSqlite(const std::string& path, const Clock& clock) {
  TRY_ASSIGN(std::shared_ptr<sqlite::SqliteDatabase> database, sqlite::SqliteDatabase::Open(path));
  auto stores = std::make_unique<Stores>();
  stores->config = std::make_unique<sqlite::SqliteConfigStore>(database, clock);
  stores->logs = std::make_unique<sqlite::SqliteLogStore>(std::move(database));
  return stores;
}

}  // namespace llmgw::controlplane::store
