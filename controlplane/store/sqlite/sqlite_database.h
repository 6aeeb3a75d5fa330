#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "controlplane/store/sqlite/sqlite_connection.h"

namespace llmgw::controlplane::store::sqlite {

// A database file with its connections: one writer for the configuration, one for the logs, some
// readers. SQLite has one writer at a time, so writers of this process queue at a mutex instead of
// polling the file's lock; readers never wait for writers (WAL). Safe for concurrent use.
class SqliteDatabase {
 public:
  // Makes the file when it is missing and brings its tables up to date.
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path);
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // A connection lent to its holder; goes back when the lease goes.
  class Lease {
   public:
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class SqliteDatabase;
    using Return = std::function<void(Connection*)>;
    Lease(Connection* connection, Return give_back)
        : connection_(connection, std::move(give_back)) {}
    Lease(Connection* connection, std::unique_lock<std::mutex> turn)
        : turn_(std::move(turn)), connection_(connection, [](Connection*) {}) {}
    std::unique_lock<std::mutex> turn_;
    std::unique_ptr<Connection, Return> connection_;
  };

  // Commits are on the disk before they return: a dataplane that has acknowledged revision 7 must
  // never meet another revision 7 after a power cut.
  Lease ConfigWriter();
  // Commits without waiting for the disk: a power cut may take the logs of the last moments. What
  // the rate of logs costs at one fsync per batch is not worth those.
  Lease LogWriter();
  Result<Lease> Reader();

 private:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}
  void GiveBack(Connection* reader);

  const std::string path_;

  std::mutex write_turn_;
  std::unique_ptr<Connection> config_writer_;  // guarded by write_turn_
  std::unique_ptr<Connection> log_writer_;     // guarded by write_turn_

  std::mutex readers_mutex_;
  std::condition_variable reader_back_;
  std::vector<std::unique_ptr<Connection>> idle_readers_;  // guarded by readers_mutex_
  size_t readers_ = 0;                                     // guarded by readers_mutex_
};

}  // namespace llmgw::controlplane::store::sqlite
