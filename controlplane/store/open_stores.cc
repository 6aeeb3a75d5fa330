#include "controlplane/store/open_stores.h"

#include <string_view>

#include "controlplane/store/postgres/open_postgres.h"
#include "controlplane/store/sqlite/open_sqlite.h"

namespace llmgw::controlplane::store {

Result<std::unique_ptr<Stores>> OpenStores(const std::string& url, const Clock& clock) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) return OpenSqlite(url.substr(kSqlite.size()), clock);
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return OpenPostgres(url, clock);
  }
  // The value is not repeated: a mistyped URL may hold a password.
  return Fail(InvalidArgument("database",
                              "must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME "
                              "(postgresql:// means the same)"));
}

}  // namespace llmgw::controlplane::store
