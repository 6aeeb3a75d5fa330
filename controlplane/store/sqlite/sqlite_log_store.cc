#include "controlplane/store/sqlite/sqlite_log_store.h"

#include <utility>

#include "controlplane/store/log_batch.h"
#include "controlplane/store/log_query_sql.h"
#include "controlplane/store/record_row.h"

namespace llmgw::controlplane::store::sqlite {
namespace {

// "INSERT INTO <table> (<columns>) VALUES (?, …) <end>"
std::string InsertSql(const char* table, const char* columns, int count, const char* end) {
  std::string sql = std::string("INSERT INTO ") + table + " (" + columns + ") VALUES (?";
  for (int i = 1; i < count; ++i) sql += ", ?";
  return sql + ") " + end;
}

// The statements of one batch.
struct Inserts {
  Statement record;
  Statement attempt;
  Statement bodies;
};

Result<Inserts> PrepareInserts(Connection& connection) {
  static const std::string kRecord =
      InsertSql("request_records", kRecordColumns, kRecordColumnCount, "ON CONFLICT DO NOTHING");
  static const std::string kAttempt =
      InsertSql("request_attempts", kAttemptColumns, kAttemptColumnCount, "");
  static const std::string kBodies =
      InsertSql("request_bodies", "request_id, request_body, response_body", 3, "");
  TRY_ASSIGN(Statement record, connection.Prepare(kRecord));
  TRY_ASSIGN(Statement attempt, connection.Prepare(kAttempt));
  TRY_ASSIGN(Statement bodies, connection.Prepare(kBodies));
  return Inserts{std::move(record), std::move(attempt), std::move(bodies)};
}

Status InsertDetails(Inserts& inserts, const usage::v1::RequestRecord& record) {
  for (const usage::v1::Attempt* attempt : DistinctAttempts(record)) {
    inserts.attempt.Reset();
    RowSink sink(inserts.attempt);
    WriteAttempt(record.request_id(), *attempt, sink);
    TRY(inserts.attempt.Run());
  }
  if (record.request_body().empty() && record.response_body().empty()) return {};
  inserts.bodies.Reset();
  return inserts.bodies.Text(record.request_id())
      .Bytes(record.request_body())
      .Bytes(record.response_body())
      .Run();
}

void Bind(Statement& statement, const std::vector<SqlValue>& values) {
  for (const SqlValue& value : values) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      statement.Int(*number);
    } else {
      statement.Text(std::get<std::string>(value));
    }
  }
}

Result<std::vector<LogEntry>> Select(Connection& connection, const SqlQuery& query) {
  TRY_ASSIGN(Statement rows, connection.Prepare(query.text));
  Bind(rows, query.values);
  std::vector<LogEntry> entries;
  for (;;) {
    TRY_ASSIGN(const bool more, rows.Step());
    if (!more) return entries;
    LogEntry& entry = entries.emplace_back();
    entry.sequence = static_cast<uint64_t>(rows.IntAt(0));
    RowSource row(rows, 1);
    ReadRecord(row, &entry.record);
  }
}

Status AddAttempts(Connection& connection, usage::v1::RequestRecord* record) {
  static const std::string kSql = std::string("SELECT ") + kAttemptColumns +
                                  " FROM request_attempts WHERE request_id = ?1 ORDER BY number";
  TRY_ASSIGN(Statement rows, connection.Prepare(kSql));
  rows.Text(record->request_id());
  for (;;) {
    TRY_ASSIGN(const bool more, rows.Step());
    if (!more) return {};
    RowSource row(rows, 0);
    ReadAttempt(row, record->add_attempts());
  }
}

Status AddBodies(Connection& connection, usage::v1::RequestRecord* record) {
  TRY_ASSIGN(Statement row,
             connection.Prepare(
                 "SELECT request_body, response_body FROM request_bodies WHERE request_id = ?1"));
  TRY_ASSIGN(const bool found, row.Text(record->request_id()).Step());
  if (!found) return {};
  record->set_request_body(row.StringAt(0));
  record->set_response_body(row.StringAt(1));
  return {};
}

}  // namespace

Result<AppendResult> SqliteLogStore::Append(const std::string& dataplane_id,
                                            const std::vector<usage::v1::RequestRecord>& records,
                                            const Wanted& wanted) {
  TRY_ASSIGN(const auto distinct, DistinctRecords(records));
  if (distinct.empty()) return AppendResult{};
  SqliteDatabase::Lease connection = database_->LogWriter();
  if (wanted && !wanted()) return Fail(SenderGone());
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(*connection, Transaction::Kind::kWrite));
  uint32_t stored = 0;
  {
    TRY_ASSIGN(Inserts inserts, PrepareInserts(*connection));
    for (const usage::v1::RequestRecord* record : distinct) {
      inserts.record.Reset();
      RowSink sink(inserts.record);
      WriteRecord(*record, dataplane_id, sink);
      TRY(inserts.record.Run());
      if (connection->Changes() == 0) continue;  // known already
      ++stored;
      TRY(InsertDetails(inserts, *record));
    }
  }
  TRY(transaction.Commit());
  return AppendResult{.stored = stored,
                      .duplicates = static_cast<uint32_t>(records.size()) - stored};
}

Result<LogStore::PageOfLogs> SqliteLogStore::List(const LogQuery& query, const std::string& cursor,
                                                  size_t limit) {
  LogCursor after;
  if (!cursor.empty()) {
    TRY_ASSIGN(after, ParseCursor(cursor));
  }
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(std::vector<LogEntry> entries,
             Select(*connection, ListSql(SqlDialect::kSqlite, kRecordColumns, query,
                                         cursor.empty() ? nullptr : &after, limit + 1)));
  return MakePage(std::move(entries), limit);
}

Result<std::vector<LogEntry>> SqliteLogStore::After(const LogQuery& query, uint64_t sequence,
                                                    size_t limit) {
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(
      std::vector<LogEntry> entries,
      Select(*connection, AfterSql(SqlDialect::kSqlite, kRecordColumns, query, sequence, limit)));
  for (LogEntry& entry : entries) TRY(AddAttempts(*connection, &entry.record));
  return entries;
}

Result<uint64_t> SqliteLogStore::LastSequence() {
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(Statement row,
             connection->Prepare("SELECT coalesce(max(sequence), 0) FROM request_records"));
  TRY(row.Step());
  return static_cast<uint64_t>(row.IntAt(0));
}

Result<usage::v1::RequestRecord> SqliteLogStore::Get(const std::string& request_id) {
  static const std::string kSql =
      std::string("SELECT ") + kRecordColumns + " FROM request_records WHERE request_id = ?1";
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(*connection, Transaction::Kind::kRead));
  usage::v1::RequestRecord record;
  {
    TRY_ASSIGN(Statement rows, connection->Prepare(kSql));
    TRY_ASSIGN(const bool found, rows.Text(request_id).Step());
    if (!found) return Fail(NotFound("there is no request log '" + request_id + "'"));
    RowSource row(rows, 0);
    ReadRecord(row, &record);
  }
  TRY(AddAttempts(*connection, &record));
  TRY(AddBodies(*connection, &record));
  return record;
}

}  // namespace llmgw::controlplane::store::sqlite
