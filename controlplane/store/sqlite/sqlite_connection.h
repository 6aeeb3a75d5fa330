#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"

namespace llmgw::controlplane::store::sqlite {

// When a commit is on the disk.
enum class Durability {
  kFull,    // before it returns
  kNormal,  // soon after; a power cut may take the last commits, never the database's integrity
};
enum class Access { kReadWrite, kReadOnly };

// A statement that a connection keeps.
struct CompiledStatement {
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
  bool in_use = false;
};

// A statement in use: bind all parameters, then Step until it returns false. Gives the compiled
// statement back to its connection when it goes. A failed bind is reported by the next Step.
class Statement {
 public:
  Statement(sqlite3* db, CompiledStatement& compiled) : db_(db), compiled_(&compiled) {
    compiled.in_use = true;
  }
  Statement(Statement&&) = default;
  Statement& operator=(Statement&&) = delete;

  // Parameters in order. Text and bytes are not copied: they must live until the last Step.
  Statement& Int(int64_t value);
  Statement& Text(std::string_view value);
  Statement& Bytes(std::string_view value);
  Statement& Null();

  // True: a row is there. False: done.
  Result<bool> Step();
  // For a statement without rows.
  Status Run();
  // Makes ready for the next set of parameters.
  void Reset();

  int64_t IntAt(int column) const { return sqlite3_column_int64(handle(), column); }
  bool IsNullAt(int column) const { return sqlite3_column_type(handle(), column) == SQLITE_NULL; }
  // Text or bytes.
  std::string StringAt(int column) const;

 private:
  struct Release {
    void operator()(CompiledStatement* compiled) const {
      sqlite3_reset(compiled->handle.get());
      sqlite3_clear_bindings(compiled->handle.get());
      compiled->in_use = false;
    }
  };
  sqlite3_stmt* handle() const { return compiled_->handle.get(); }
  void Note(int code) {
    if (code != SQLITE_OK && failure_ == SQLITE_OK) failure_ = code;
  }

  sqlite3* db_;
  std::unique_ptr<CompiledStatement, Release> compiled_;
  int parameter_ = 0;
  int failure_ = SQLITE_OK;
};

// One connection to a database file, in WAL mode, with its compiled statements kept. For one thread
// at a time. Errors: kUnavailable when the file can't be opened or written or stays locked by
// another process, kResourceExhausted when the disk is full, kInternal otherwise.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> Open(const std::string& path, Access access,
                                                  Durability durability);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // REQUIRES: no other Statement of the same text is in use on this connection.
  Result<Statement> Prepare(std::string_view sql);
  // One or more statements without parameters and rows.
  Status Execute(const char* sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  int64_t Changes() const { return sqlite3_changes64(db_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  explicit Connection(sqlite3* db) : db_(db) {}
  Status EnterWalMode();

  std::unique_ptr<sqlite3, Close> db_;
  // After db_, so that the statements go before it. Keyed by their text; bounded, because filters
  // combine to many texts.
  std::unordered_map<std::string, CompiledStatement> statements_;
};

// Commits when told, rolls back otherwise.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  // kWrite takes the database's write lock at once (BEGIN IMMEDIATE), so that what is read inside
  // is what the change will be based on.
  static Result<Transaction> Begin(Connection& connection, Kind kind);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// The columns of a row in turn, for record_row.h.
class RowSource {
 public:
  RowSource(const Statement& statement, int first_column)
      : statement_(statement), column_(first_column) {}
  std::string Text() { return statement_.StringAt(column_++); }
  int64_t Int() { return statement_.IntAt(column_++); }
  int64_t Time() { return Int(); }
  bool Bool() { return Int() != 0; }
  std::optional<int64_t> OptionalInt() {
    const bool null = statement_.IsNullAt(column_);
    const int64_t value = Int();
    return null ? std::nullopt : std::optional(value);
  }

 private:
  const Statement& statement_;
  int column_;
};

// Binds the columns of a row in turn, for record_row.h. Keeps the texts, so it must live until the
// statement has run.
class RowSink {
 public:
  explicit RowSink(Statement& statement) : statement_(statement) { texts_.reserve(32); }
  // REQUIRES: at most 32 texts per row, or the kept ones would move.
  void Text(std::string value) { statement_.Text(texts_.emplace_back(std::move(value))); }
  void Int(int64_t value) { statement_.Int(value); }
  void Time(int64_t micros) { statement_.Int(micros); }
  void Bool(bool value) { statement_.Int(value ? 1 : 0); }
  void Null() { statement_.Null(); }

 private:
  Statement& statement_;
  std::vector<std::string> texts_;
};

}  // namespace llmgw::controlplane::store::sqlite
