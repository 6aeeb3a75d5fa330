#include "controlplane/store/migrations/migration.h"

#include <string>

namespace llmgw::controlplane::store {

Result<std::span<const Migration>> PendingMigrations(std::span<const Migration> all, int version) {
  const int newest = static_cast<int>(all.size());
  if (version > newest) {
    return Fail(InvalidArgument(
        "database", "was written by a newer llmgw-controlplane (schema version " +
                        std::to_string(version) + ", this program knows up to " +
                        std::to_string(newest) + "); start that program, or use another database"));
  }
  return all.subspan(static_cast<size_t>(version));
}

}  // namespace llmgw::controlplane::store
