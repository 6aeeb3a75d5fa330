#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/process.h"

namespace llmgw::test {

// A PostgreSQL server of this test's own, that it may stop and start again. Starting one takes
// about a second; tests that only need a database share the server of the whole run
// (PostgresDatabase).
class PostgresServer {
 public:
  PostgresServer();  // initialises and starts; throws std::runtime_error when PostgreSQL is not
                     // installed
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // postgres://user:password@/database?host=…
  const std::string& url() const { return url_; }
  // The password in url(): what must never be seen in a log.
  static std::string_view password() { return "test-password-of-the-database"; }

  void Stop();   // at once, as in a crash
  void Start();  // again, with the data it had

  // Runs SQL through psql and returns what it prints, unaligned. Throws when it fails.
  std::string Sql(const std::string& statement) const;
  // Everything in the database as SQL text.
  std::string Dump() const;

 private:
  std::string folder_;
  std::string url_;
  std::unique_ptr<Process> server_;
};

// An empty database for one test: on the server that LLMGW_TEST_POSTGRES names (tests/run.sh starts
// one), else on a server started once per test program. Dropped with this object.
class PostgresDatabase {
 public:
  PostgresDatabase();
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  const std::string& url() const { return url_; }

 private:
  std::string server_url_;
  std::string name_;
  std::string url_;
};

}  // namespace llmgw::test
