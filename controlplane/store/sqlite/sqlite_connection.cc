#include "controlplane/store/sqlite/sqlite_connection.h"

#include <chrono>
#include <thread>
#include <utility>

namespace llmgw::controlplane::store::sqlite {
namespace {

// How long a writer waits for one of another process. Within this process they queue before.
constexpr int kBusyMilliseconds = 10'000;
constexpr size_t kMaxStatements = 128;

Error MapError(sqlite3* db, int code) {
  const std::string what = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Unavailable("the database file is locked by another process: " + what);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Unavailable("the database file can't be used: " + what);
    case SQLITE_FULL:
      return {ErrorKind::kResourceExhausted, "the disk of the database is full", {}};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Internal("the database file is damaged, or not one of SQLite: " + what);
    default:
      return Internal("SQLite: " + what);
  }
}

}  // namespace

Statement& Statement::Int(int64_t value) {
  Note(sqlite3_bind_int64(handle(), ++parameter_, value));
  return *this;
}

Statement& Statement::Text(std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  Note(sqlite3_bind_text64(handle(), ++parameter_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Bytes(std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  Note(sqlite3_bind_blob64(handle(), ++parameter_, data, value.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::Null() {
  Note(sqlite3_bind_null(handle(), ++parameter_));
  return *this;
}

Result<bool> Statement::Step() {
  if (failure_ != SQLITE_OK) return Fail(MapError(nullptr, failure_));
  const int code = sqlite3_step(handle());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Fail(MapError(db_, code));
}

Status Statement::Run() {
  TRY(Step());
  return {};
}

void Statement::Reset() {
  sqlite3_reset(handle());
  parameter_ = 0;
}

std::string Statement::StringAt(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle(), column));
  const int size = sqlite3_column_bytes(handle(), column);
  return data == nullptr ? std::string() : std::string(data, static_cast<size_t>(size));
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Access access,
                                                     Durability durability) {
  // No mutex inside SQLite: a connection has one user at a time by construction.
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection(new Connection(raw));
  if (code != SQLITE_OK) return Fail(MapError(raw, code));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  TRY(connection->EnterWalMode());
  TRY(
      connection->Execute("PRAGMA foreign_keys = ON;"
                          "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;"));
  TRY(connection->Execute(durability == Durability::kFull ? "PRAGMA synchronous = FULL"
                                                          : "PRAGMA synchronous = NORMAL"));
  // What writers touch of the request logs' indexes should stay in memory: 64 MiB, taken as needed.
  TRY(connection->Execute(access == Access::kReadOnly ? "PRAGMA query_only = ON"
                                                      : "PRAGMA cache_size = -65536"));
  return connection;
}

Result<Statement> Connection::Prepare(std::string_view sql) {
  auto found = statements_.find(std::string(sql));
  if (found == statements_.end()) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return Fail(MapError(db_.get(), code));
    if (statements_.size() >= kMaxStatements) {
      std::erase_if(statements_, [](const auto& entry) { return !entry.second.in_use; });
    }
    found = statements_.try_emplace(std::string(sql)).first;
    found->second.handle.reset(raw);
  }
  if (found->second.in_use) return Fail(Internal("a statement is used twice at once"));
  return Statement(db_.get(), found->second);
}

// Several that first open a new database at once may each hold a lock that another waits for;
// SQLite then fails one of them at once, without its busy timeout
// (https://www.sqlite.org/c3ref/busy_handler.html).
Status Connection::EnterWalMode() {
  constexpr auto kPause = std::chrono::milliseconds(10);
  for (int tries = kBusyMilliseconds / 10;; --tries) {
    Status entered = Execute("PRAGMA journal_mode = WAL");
    const bool busy = (sqlite3_errcode(db_.get()) & 0xff) == SQLITE_BUSY;
    if (entered || !busy || tries == 0) return entered;
    std::this_thread::sleep_for(kPause);
  }
}

Status Connection::Execute(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(MapError(db_.get(), code));
  return {};
}

Result<Transaction> Transaction::Begin(Connection& connection, Kind kind) {
  TRY(connection.Execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A failure here means that SQLite has rolled back by itself.
  if (connection_ != nullptr) (void)connection_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  TRY(connection_->Execute("COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace llmgw::controlplane::store::sqlite
