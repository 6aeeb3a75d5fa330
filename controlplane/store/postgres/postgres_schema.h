#pragma once

#include <pqxx/pqxx>

#include "common/base/result.h"

namespace llmgw::controlplane::store::postgres {

// Brings the tables of the connection's schema up to date, in one transaction under an advisory
// lock: of controlplanes that start together one does it and the others find it done. Refuses a
// database of a newer program and one whose encoding is not UTF8 (kInvalidArgument, "database").
// Throws what libpqxx throws.
Status PrepareSchema(pqxx::connection& connection);

// Keys of the advisory locks that this program takes: a class of our own ("llmg") and a number.
inline constexpr int kLockClass = 0x6c6c6d67;
inline constexpr int kMigrationLock = 1;
inline constexpr int kAppendLock = 2;

}  // namespace llmgw::controlplane::store::postgres
