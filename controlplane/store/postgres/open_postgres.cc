#include "controlplane/store/postgres/open_postgres.h"

#include <utility>

#include "controlplane/store/postgres/database_url.h"
#include "controlplane/store/postgres/postgres_config_store.h"
#include "controlplane/store/postgres/postgres_log_store.h"

namespace llmgw::controlplane::store {

Result<std::unique_ptr<Stores>> OpenPostgres(const std::string& url, const Clock& clock) {
  TRY_ASSIGN(const postgres::DatabaseUrl parsed, postgres::ParseDatabaseUrl(url));
  auto config = std::make_unique<postgres::PostgresConfigStore>(parsed, clock);
  TRY(config->Open());
  auto stores = std::make_unique<Stores>();
  stores->config = std::move(config);
  stores->logs = std::make_unique<postgres::PostgresLogStore>(parsed);
  return stores;
}

}  // namespace llmgw::controlplane::store
