#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "controlplane/store/postgres/database_url.h"
#include "controlplane/store/postgres/postgres_errors.h"

namespace llmgw::controlplane::store::postgres {

// A statement that every connection of a pool knows by name.
struct PreparedStatement {
  const char* name;
  std::string sql;
};

// A few connections to one database, opened when they are needed. A broken one is thrown away with
// all idle ones (they went to the same server) and the next call opens a new one, so nothing has to
// be reopened after a restart of the database. Safe for concurrent use.
class ConnectionPool {
 public:
  ConnectionPool(DatabaseUrl url, std::vector<PreparedStatement> statements, size_t max_connections)
      : url_(std::move(url)), statements_(std::move(statements)), max_(max_connections) {}
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  const std::string& server() const { return url_.server; }

  // Calls work(connection) and turns what it throws into an Error. When an idle connection turns
  // out to be broken, the work is done once more on a new one, provided that may_repeat() still
  // holds. Waits a bounded time for a connection: kUnavailable.
  template <typename T>
  Result<T> Run(const std::function<Result<T>(pqxx::connection&)>& work,
                const std::function<bool()>& may_repeat) {
    for (bool repeated = false;; repeated = true) {
      TRY_ASSIGN(Lease lease, Acquire());
      try {
        return work(lease.connection());
      } catch (const std::exception& exception) {
        MappedError mapped = Explain(exception);
        const bool lost = lease.DropIfLost(mapped);
        if (lost && lease.was_idle() && !repeated && may_repeat()) continue;
        return Fail(std::move(mapped.error));
      }
    }
  }

 private:
  struct Connection {
    explicit Connection(const std::string& url) : link(url), quiet(link) {}
    pqxx::connection link;
    // Notices would go to stderr. Declared after the connection: it must be gone before it.
    pqxx::quiet_errorhandler quiet;
  };

  // Gives its connection back, or its place when the connection is broken.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection, bool was_idle)
        : pool_(&pool), connection_(std::move(connection)), was_idle_(was_idle) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          connection_(std::move(other.connection_)),
          was_idle_(other.was_idle_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    pqxx::connection& connection() { return connection_->link; }
    bool was_idle() const { return was_idle_; }
    // After a failure: drops the connection, and the idle ones, when they are of no more use.
    bool DropIfLost(const MappedError& failure);

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;  // null: broken
    bool was_idle_;
  };

  Result<Lease> Acquire();
  Result<std::unique_ptr<Connection>> Connect();
  MappedError Explain(const std::exception& exception) const;

  const DatabaseUrl url_;
  const std::vector<PreparedStatement> statements_;
  const size_t max_;

  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
  size_t open_ = 0;                                // lent and idle; guarded by mutex_
};

// For work that may be done twice: reading, and writing what is known by a key.
inline bool MayAlwaysRepeat() { return true; }

}  // namespace llmgw::controlplane::store::postgres
