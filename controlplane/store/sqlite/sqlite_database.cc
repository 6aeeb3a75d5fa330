#include "controlplane/store/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/clock.h"
#include "controlplane/store/migrations/migration.h"
#include "controlplane/store/time_micros.h"

namespace llmgw::controlplane::store::sqlite {
namespace {

constexpr size_t kMaxReaders = 4;

// SQLite would make the file readable for everybody; its WAL takes the file's mode over.
Status MakePrivateFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Fail(Unavailable("cannot open the database file " + path + ": " + std::strerror(errno)));
  }
  close(fd);
  return {};
}

Result<int> SchemaVersion(Connection& connection) {
  TRY(connection.Execute(
      "CREATE TABLE IF NOT EXISTS schema_version ("
      "version INTEGER PRIMARY KEY, what TEXT NOT NULL, applied_at INTEGER NOT NULL)"));
  TRY_ASSIGN(Statement newest,
             connection.Prepare("SELECT coalesce(max(version), 0) FROM schema_version"));
  TRY(newest.Step());
  return static_cast<int>(newest.IntAt(0));
}

// Under the write lock, so that of two programs that start together one migrates and the other
// finds it done. All steps in one transaction: a failed one leaves the database as it was.
Status Migrate(Connection& connection) {
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(connection, Transaction::Kind::kWrite));
  TRY_ASSIGN(const int version, SchemaVersion(connection));
  TRY_ASSIGN(const auto pending, PendingMigrations(SqliteMigrations(), version));
  for (const Migration& migration : pending) {
    TRY(connection.Execute(migration.sql));
    TRY_ASSIGN(Statement done,
               connection.Prepare("INSERT INTO schema_version VALUES (?1, ?2, ?3)"));
    TRY(done.Int(migration.version).Text(migration.what).Int(ToMicros(RealClock().Wall())).Run());
  }
  return transaction.Commit();
}

}  // namespace

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path) {
  if (path.empty() || path.starts_with(":memory:")) {
    return Fail(InvalidArgument("database",
                                "sqlite: needs the path of a file, such as "
                                "sqlite:/var/lib/llmgw/controlplane.db"));
  }
  TRY(MakePrivateFile(path));
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path));
  TRY_ASSIGN(database->config_writer_,
             Connection::Open(path, Access::kReadWrite, Durability::kFull));
  TRY(Migrate(*database->config_writer_));
  TRY_ASSIGN(database->log_writer_,
             Connection::Open(path, Access::kReadWrite, Durability::kNormal));
  return database;
}

SqliteDatabase::Lease SqliteDatabase::ConfigWriter() {
  std::unique_lock turn(write_turn_);
  return Lease(config_writer_.get(), std::move(turn));
}

SqliteDatabase::Lease SqliteDatabase::LogWriter() {
  std::unique_lock turn(write_turn_);
  return Lease(log_writer_.get(), std::move(turn));
}

Result<SqliteDatabase::Lease> SqliteDatabase::Reader() {
  std::unique_ptr<Connection> reader;
  {
    std::unique_lock lock(readers_mutex_);
    reader_back_.wait(lock, [&] { return !idle_readers_.empty() || readers_ < kMaxReaders; });
    if (idle_readers_.empty()) {
      ++readers_;
    } else {
      reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
    }
  }
  if (reader == nullptr) {
    auto opened = Connection::Open(path_, Access::kReadOnly, Durability::kNormal);
    if (!opened) {
      std::lock_guard lock(readers_mutex_);
      --readers_;
      reader_back_.notify_one();
      return Fail(std::move(opened.error()));
    }
    reader = std::move(*opened);
  }
  return Lease(reader.release(), [this](Connection* back) { GiveBack(back); });
}

void SqliteDatabase::GiveBack(Connection* reader) {
  std::lock_guard lock(readers_mutex_);
  idle_readers_.emplace_back(reader);
  reader_back_.notify_one();
}

}  // namespace llmgw::controlplane::store::sqlite
