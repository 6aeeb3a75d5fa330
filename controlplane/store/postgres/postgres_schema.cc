#include "controlplane/store/postgres/postgres_schema.h"

#include <string>

#include "controlplane/store/migrations/migration.h"

namespace llmgw::controlplane::store::postgres {

Status PrepareSchema(pqxx::connection& connection) {
  pqxx::work transaction(connection);
  const std::string encoding = transaction.exec1("SHOW server_encoding")[0].c_str();
  if (encoding != "UTF8") {
    return Fail(InvalidArgument(
        "database", "has the encoding " + encoding + "; create one with ENCODING 'UTF8'"));
  }
  // A long migration is not a hanging statement.
  transaction.exec0("SET LOCAL statement_timeout = 0");
  transaction.exec0("SET LOCAL lock_timeout = '60s'");
  transaction.exec1("SELECT pg_advisory_xact_lock(" + std::to_string(kLockClass) + ", " +
                    std::to_string(kMigrationLock) + ")");
  transaction.exec0(
      "CREATE TABLE IF NOT EXISTS schema_version ("
      "version integer PRIMARY KEY, what text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  const int version =
      transaction.exec1("SELECT coalesce(max(version), 0) FROM schema_version")[0].as<int>();
  TRY_ASSIGN(const auto pending, PendingMigrations(PostgresMigrations(), version));
  for (const Migration& migration : pending) {
    transaction.exec(migration.sql);
    transaction.exec_params0("INSERT INTO schema_version (version, what) VALUES ($1, $2)",
                             migration.version, migration.what);
  }
  transaction.commit();
  return {};
}

}  // namespace llmgw::controlplane::store::postgres
