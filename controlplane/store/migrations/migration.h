#pragma once

#include <span>

#include "common/base/result.h"

namespace llmgw::controlplane::store {

// One step of a database's tables from version - 1 to version. Forward only: a step that was
// released is never edited, a later one corrects it.
struct Migration {
  int version;       // 1, 2, 3, … without a gap
  const char* what;  // one line, kept in the table schema_version
  const char* sql;   // statements, separated by ';'
};

std::span<const Migration> SqliteMigrations();
std::span<const Migration> PostgresMigrations();

// What is still to be run on a database at `version` (0: new). kInvalidArgument on the field
// "database" when a newer program has been there: its tables may not mean what we think.
Result<std::span<const Migration>> PendingMigrations(std::span<const Migration> all, int version);

}  // namespace llmgw::controlplane::store
