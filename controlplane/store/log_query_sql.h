#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "controlplane/store/log_store.h"

// Log queries as SQL that both databases understand; what differs is spelt by the dialect.
namespace llmgw::controlplane::store {

enum class SqlDialect { kSqlite, kPostgres };

using SqlValue = std::variant<int64_t, std::string>;

// A statement and its parameters, numbered from 1.
struct SqlQuery {
  std::string text;
  std::vector<SqlValue> values;
};

// The place behind an entry in the order (time, request id).
struct LogCursor {
  int64_t time_us = 0;
  std::string request_id;
};

std::string FormatCursor(const LogCursor& cursor);
// kInvalidArgument on the field "page_token".
Result<LogCursor> ParseCursor(const std::string& cursor);

// Makes a page of what a query with limit + 1 found: the one too many says that there are more.
LogStore::PageOfLogs MakePage(std::vector<LogEntry> entries, size_t limit);

// `SELECT sequence, <columns> FROM request_records …`, newest first. `columns` is kRecordColumns in
// the dialect's form.
SqlQuery ListSql(SqlDialect dialect, const std::string& columns, const LogQuery& query,
                 const LogCursor* after, size_t limit);

// The same in order of arrival, from behind `sequence` on.
SqlQuery AfterSql(SqlDialect dialect, const std::string& columns, const LogQuery& query,
                  uint64_t sequence, size_t limit);

}  // namespace llmgw::controlplane::store
