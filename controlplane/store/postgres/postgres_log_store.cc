#include "controlplane/store/postgres/postgres_log_store.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "controlplane/store/log_batch.h"
#include "controlplane/store/log_query_sql.h"
#include "controlplane/store/postgres/column_array.h"
#include "controlplane/store/postgres/postgres_schema.h"
#include "controlplane/store/postgres/row_source.h"
#include "controlplane/store/record_row.h"

namespace llmgw::controlplane::store::postgres {
namespace {

constexpr size_t kMaxConnections = 6;

// Of waiting for other batches; the sender then tries again.
constexpr std::chrono::seconds kLongestTurn{10};

// A column list with one name replaced, as in "request_id, time, dataplane_id".
std::string Replaced(std::string columns, const std::string& name, const std::string& by) {
  const size_t at = columns.find(name);
  return columns.replace(at, name.size(), by);
}

// Times travel as microseconds, both ways.
std::string Selected(const char* columns) {
  return Replaced(columns, ", time,", ", (extract(epoch FROM time) * 1000000)::bigint,");
}
std::string Inserted(const char* columns) {
  return Replaced(columns, ", time,", ", TIMESTAMPTZ 'epoch' + time * INTERVAL '1 microsecond',");
}

const std::string& RecordColumns() {
  static const std::string kColumns = Selected(kRecordColumns);
  return kColumns;
}

// "$1::text[], $2::bigint[], …" from one letter per column: t(ext), b(igint), l(ogical), y (bytea).
std::string Arrays(std::string_view types) {
  std::string sql;
  for (size_t i = 0; i < types.size(); ++i) {
    const char* type = types[i] == 't'   ? "text"
                       : types[i] == 'b' ? "bigint"
                       : types[i] == 'l' ? "boolean"
                                         : "bytea";
    sql += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + "::" + type + "[]";
  }
  return sql;
}

std::string InsertSql(const std::string& table, const char* columns, std::string_view types) {
  return "INSERT INTO " + table + " (" + columns + ") SELECT " + Inserted(columns) +
         " FROM unnest(" + Arrays(types) + ") AS batch (" + columns + ")";
}

std::vector<PreparedStatement> Statements() {
  constexpr std::string_view kRecordTypes =
      "tbttttttttt"
      "lbtt"
      "bbbbb"
      "bbbb"
      "tlt";
  constexpr std::string_view kAttemptTypes = "tbttbbtbbbtlt";
  static_assert(kRecordTypes.size() == kRecordColumnCount);
  static_assert(kAttemptTypes.size() == kAttemptColumnCount);
  return {
      {"append_lock", "SELECT pg_advisory_xact_lock(" + std::to_string(kLockClass) + ", " +
                          std::to_string(kAppendLock) + ")"},
      {"insert_records", InsertSql("request_records", kRecordColumns, kRecordTypes) +
                             " ON CONFLICT (request_id) DO NOTHING RETURNING request_id"},
      {"insert_attempts", InsertSql("request_attempts", kAttemptColumns, kAttemptTypes)},
      {"insert_bodies",
       "INSERT INTO request_bodies (request_id, request_body, response_body) "
       "SELECT * FROM unnest(" +
           Arrays("tyy") + ")"},
      {"get", "SELECT " + RecordColumns() + " FROM request_records WHERE request_id = $1"},
      {"get_attempts", "SELECT " + Selected(kAttemptColumns) +
                           " FROM request_attempts WHERE request_id = ANY($1::text[]) "
                           "ORDER BY request_id, number"},
      {"get_bodies",
       "SELECT request_body, response_body FROM request_bodies WHERE request_id = $1"},
      {"last_sequence", "SELECT coalesce(max(sequence), 0) FROM request_records"},
  };
}

using Records = std::vector<const usage::v1::RequestRecord*>;

pqxx::result Execute(pqxx::transaction_base& transaction, const char* statement,
                     const std::vector<std::string>& parameters) {
  return transaction.exec_prepared(statement, pqxx::prepare::make_dynamic_params(parameters));
}

// Attempts and bodies of the records that were not known before.
void InsertDetails(pqxx::transaction_base& transaction, const Records& records,
                   const std::unordered_set<std::string_view>& inserted) {
  ColumnSink attempts(kAttemptColumnCount);
  ColumnSink bodies(3);
  for (const usage::v1::RequestRecord* record : records) {
    if (!inserted.contains(record->request_id())) continue;
    for (const usage::v1::Attempt* attempt : DistinctAttempts(*record)) {
      WriteAttempt(record->request_id(), *attempt, attempts);
    }
    if (record->request_body().empty() && record->response_body().empty()) continue;
    bodies.Text(record->request_id());
    bodies.Bytes(record->request_body());
    bodies.Bytes(record->response_body());
  }
  if (!attempts.empty()) Execute(transaction, "insert_attempts", attempts.Finish());
  if (!bodies.empty()) Execute(transaction, "insert_bodies", bodies.Finish());
}

pqxx::result Execute(pqxx::transaction_base& transaction, const SqlQuery& query) {
  std::vector<std::string> values;
  values.reserve(query.values.size());
  for (const SqlValue& value : query.values) {
    const auto* number = std::get_if<int64_t>(&value);
    values.push_back(number != nullptr ? std::to_string(*number) : std::get<std::string>(value));
  }
  // Not prepared: planned with the values in view, which decide what index is best.
  return transaction.exec_params(query.text, pqxx::prepare::make_dynamic_params(values));
}

std::vector<LogEntry> ReadEntries(const pqxx::result& rows) {
  std::vector<LogEntry> entries;
  entries.reserve(rows.size());
  for (const pqxx::row& row : rows) {
    LogEntry& entry = entries.emplace_back();
    entry.sequence = row[0].as<uint64_t>();
    RowSource source(row, 1);
    ReadRecord(source, &entry.record);
  }
  return entries;
}

void AddAttempts(pqxx::transaction_base& transaction,
                 const std::vector<usage::v1::RequestRecord*>& records) {
  if (records.empty()) return;
  ColumnArray ids;
  std::unordered_map<std::string, usage::v1::RequestRecord*> by_id;
  for (usage::v1::RequestRecord* record : records) {
    ids.Text(record->request_id());
    by_id[record->request_id()] = record;
  }
  for (const pqxx::row& row : transaction.exec_prepared("get_attempts", ids.Finish())) {
    RowSource source(row, 0);
    usage::v1::Attempt attempt;
    const std::string request_id = ReadAttempt(source, &attempt);
    *by_id[request_id]->add_attempts() = std::move(attempt);
  }
}

}  // namespace

PostgresLogStore::PostgresLogStore(const DatabaseUrl& url)
    : pool_(url, Statements(), kMaxConnections) {}

Result<AppendResult> PostgresLogStore::Append(const std::string& dataplane_id,
                                              const std::vector<usage::v1::RequestRecord>& records,
                                              const Wanted& wanted) {
  TRY_ASSIGN(const Records distinct, DistinctRecords(records));
  if (distinct.empty()) return AppendResult{};
  ColumnSink columns(kRecordColumnCount);
  for (const auto* record : distinct) WriteRecord(*record, dataplane_id, columns);
  const std::vector<std::string> parameters = columns.Finish();
  const auto turn = append_turn_.Take(kLongestTurn);
  if (!turn) {
    return Fail(
        Unavailable("the database is slow: the batches before this one are still being "
                    "stored"));
  }
  return pool_.Run<AppendResult>(
      [&](pqxx::connection& connection) -> Result<AppendResult> {
        if (wanted && !wanted()) return Fail(SenderGone());
        pqxx::work transaction(connection);
        transaction.exec_prepared1("append_lock");
        const pqxx::result rows = Execute(transaction, "insert_records", parameters);
        std::unordered_set<std::string_view> inserted;
        inserted.reserve(rows.size());
        for (const pqxx::row& row : rows) inserted.insert({row[0].c_str(), row[0].size()});
        InsertDetails(transaction, distinct, inserted);
        transaction.commit();
        const auto stored = static_cast<uint32_t>(rows.size());
        return AppendResult{.stored = stored,
                            .duplicates = static_cast<uint32_t>(records.size()) - stored};
      },
      MayAlwaysRepeat);
}

Result<LogStore::PageOfLogs> PostgresLogStore::List(const LogQuery& query,
                                                    const std::string& cursor, size_t limit) {
  LogCursor after;
  if (!cursor.empty()) {
    TRY_ASSIGN(after, ParseCursor(cursor));
  }
  const SqlQuery sql = ListSql(SqlDialect::kPostgres, RecordColumns(), query,
                               cursor.empty() ? nullptr : &after, limit + 1);
  return pool_.Run<PageOfLogs>(
      [&](pqxx::connection& connection) -> Result<PageOfLogs> {
        pqxx::nontransaction transaction(connection);
        return MakePage(ReadEntries(Execute(transaction, sql)), limit);
      },
      MayAlwaysRepeat);
}

Result<std::vector<LogEntry>> PostgresLogStore::After(const LogQuery& query, uint64_t sequence,
                                                      size_t limit) {
  const SqlQuery sql = AfterSql(SqlDialect::kPostgres, RecordColumns(), query, sequence, limit);
  return pool_.Run<std::vector<LogEntry>>(
      [&](pqxx::connection& connection) -> Result<std::vector<LogEntry>> {
        pqxx::nontransaction transaction(connection);
        std::vector<LogEntry> entries = ReadEntries(Execute(transaction, sql));
        std::vector<usage::v1::RequestRecord*> records;
        records.reserve(entries.size());
        for (LogEntry& entry : entries) records.push_back(&entry.record);
        AddAttempts(transaction, records);
        return entries;
      },
      MayAlwaysRepeat);
}

Result<uint64_t> PostgresLogStore::LastSequence() {
  return pool_.Run<uint64_t>(
      [](pqxx::connection& connection) -> Result<uint64_t> {
        pqxx::nontransaction transaction(connection);
        return transaction.exec_prepared1("last_sequence")[0].as<uint64_t>();
      },
      MayAlwaysRepeat);
}

Result<usage::v1::RequestRecord> PostgresLogStore::Get(const std::string& request_id) {
  return pool_.Run<usage::v1::RequestRecord>(
      [&](pqxx::connection& connection) -> Result<usage::v1::RequestRecord> {
        // Attempts and bodies are committed with their record and never change: no snapshot needed.
        pqxx::nontransaction transaction(connection);
        const pqxx::result rows = transaction.exec_prepared("get", text::CleanText(request_id));
        if (rows.empty()) return Fail(NotFound("there is no request log '" + request_id + "'"));
        usage::v1::RequestRecord record;
        const pqxx::row found = rows[0];
        RowSource source(found, 0);
        ReadRecord(source, &record);
        AddAttempts(transaction, {&record});
        for (const pqxx::row& row : transaction.exec_prepared("get_bodies", record.request_id())) {
          record.set_request_body(BytesOf(row[0]));
          record.set_response_body(BytesOf(row[1]));
        }
        return record;
      },
      MayAlwaysRepeat);
}

}  // namespace llmgw::controlplane::store::postgres
