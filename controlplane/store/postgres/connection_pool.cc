#include "controlplane/store/postgres/connection_pool.h"

#include <chrono>

namespace llmgw::controlplane::store::postgres {
namespace {

constexpr std::chrono::seconds kPatience{10};

// Bounds for what goes wrong on the server's side: a statement, a lock held by another
// controlplane, a controlplane that stopped inside a transaction.
constexpr const char* kSessionSettings =
    "SET statement_timeout = '30s'; SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '60s';"
    "SET TIME ZONE 'UTC'; SET bytea_output = 'hex'; SET client_min_messages = 'warning'";

void Scrub(std::string* text, const std::string& secret) {
  if (secret.empty()) return;
  for (size_t at = text->find(secret); at != std::string::npos; at = text->find(secret, at)) {
    text->replace(at, secret.size(), "***");
    at += 3;
  }
}

}  // namespace

ConnectionPool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  std::lock_guard lock(pool_->mutex_);
  if (connection_ != nullptr) {
    pool_->idle_.push_back(std::move(connection_));
  } else {
    --pool_->open_;
  }
  pool_->given_back_.notify_one();
}

bool ConnectionPool::Lease::DropIfLost(const MappedError& failure) {
  if (connection_->link.is_open() && !failure.server_lost) return false;
  connection_.reset();
  std::vector<std::unique_ptr<Connection>> dropped;
  {
    std::lock_guard lock(pool_->mutex_);
    dropped.swap(pool_->idle_);
    pool_->open_ -= dropped.size();
    pool_->given_back_.notify_all();
  }
  return true;
}

Result<ConnectionPool::Lease> ConnectionPool::Acquire() {
  {
    std::unique_lock lock(mutex_);
    if (!given_back_.wait_for(lock, kPatience, [&] { return !idle_.empty() || open_ < max_; })) {
      return Fail(Unavailable("all " + std::to_string(max_) + " connections to " + url_.server +
                              " are in use"));
    }
    if (!idle_.empty()) {
      Lease lease(*this, std::move(idle_.back()), true);
      idle_.pop_back();
      return lease;
    }
    ++open_;
  }
  auto connection = Connect();
  // Without a connection the lease gives the place back.
  Lease lease(*this, connection ? std::move(*connection) : nullptr, false);
  if (!connection) return Fail(std::move(connection.error()));
  return lease;
}

Result<std::unique_ptr<ConnectionPool::Connection>> ConnectionPool::Connect() {
  try {
    auto connection = std::make_unique<Connection>(url_.url.Reveal());
    pqxx::nontransaction(connection->link).exec(kSessionSettings);
    // Sent to the server when first used.
    for (const PreparedStatement& one : statements_) connection->link.prepare(one.name, one.sql);
    return connection;
  } catch (const std::exception& exception) {
    return Fail(Explain(exception).error);
  }
}

MappedError ConnectionPool::Explain(const std::exception& exception) const {
  MappedError mapped = MapException(exception, url_.server);
  // libpq does not put them there; if a later version does, they still stay here.
  Scrub(&mapped.error.message, url_.url.Reveal());
  Scrub(&mapped.error.message, url_.password.Reveal());
  return mapped;
}

}  // namespace llmgw::controlplane::store::postgres
