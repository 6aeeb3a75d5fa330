#include "controlplane/store/log_query_sql.h"

#include <charconv>
#include <utility>

#include "controlplane/store/time_micros.h"

namespace llmgw::controlplane::store {
namespace {

class Builder {
 public:
  Builder(SqlDialect dialect, const std::string& columns) : dialect_(dialect) {
    query_.text = "SELECT sequence, " + columns + " FROM request_records";
  }

  // Adds a value and returns how the text refers to it.
  std::string Int(int64_t value) { return "CAST(" + Add(value) + " AS bigint)"; }
  std::string Text(std::string value) { return "CAST(" + Add(std::move(value)) + " AS text)"; }
  std::string Time(int64_t micros) {
    switch (dialect_) {
      case SqlDialect::kSqlite:
        return Int(micros);
      case SqlDialect::kPostgres:
        return "(TIMESTAMPTZ 'epoch' + " + Int(micros) + " * INTERVAL '1 microsecond')";
    }
    return {};
  }

  void And(const std::string& condition) {
    query_.text += conditions_++ == 0 ? " WHERE " : " AND ";
    query_.text += condition;
  }

  void Equal(const char* column, const std::string& value) {
    if (!value.empty()) And(std::string(column) + " = " + Text(value));
  }

  void Model(const std::string& pattern) {
    if (pattern.empty()) return;
    if (!pattern.ends_with('*')) {
      const std::string model = Text(pattern);
      And("(model_asked = " + model + " OR model_served = " + model + ")");
      return;
    }
    const std::string prefix = Text(pattern.substr(0, pattern.size() - 1));
    const auto starts = [&](const char* column) {
      return "substr(" + std::string(column) + ", 1, length(" + prefix + ")) = " + prefix;
    };
    And("(" + starts("model_asked") + " OR " + starts("model_served") + ")");
  }

  void Filter(const LogQuery& query) {
    if (query.since) And("time >= " + Time(ToMicros(*query.since)));
    if (query.until) And("time < " + Time(ToMicros(*query.until)));
    Equal("key_id", query.key_id);
    Equal("upstream", query.upstream);
    Equal("route", query.route);
    Equal("reason", query.reason);
    Equal("fault", query.fault);
    Model(query.model);
    // Said literally, so that the index of failures (status >= 400) is seen to apply.
    if (query.status_min >= 400) And("status >= 400");
    if (query.status_min > 0) And("status >= " + Int(query.status_min));
    if (query.status_max > 0) And("status <= " + Int(query.status_max));
  }

  SqlQuery Finish(const std::string& order, size_t limit) {
    query_.text += " ORDER BY " + order + " LIMIT " + Int(static_cast<int64_t>(limit));
    return std::move(query_);
  }

 private:
  std::string Add(SqlValue value) {
    query_.values.push_back(std::move(value));
    return (dialect_ == SqlDialect::kSqlite ? "?" : "$") + std::to_string(query_.values.size());
  }

  const SqlDialect dialect_;
  SqlQuery query_;
  int conditions_ = 0;
};

}  // namespace

std::string FormatCursor(const LogCursor& cursor) {
  return std::to_string(cursor.time_us) + "." + cursor.request_id;
}

Result<LogCursor> ParseCursor(const std::string& cursor) {
  LogCursor parsed;
  const char* const end = cursor.data() + cursor.size();
  const auto [dot, error] = std::from_chars(cursor.data(), end, parsed.time_us);
  if (error != std::errc() || dot == end || *dot != '.' || dot + 1 == end) {
    return Fail(InvalidArgument("page_token", "is not one that this server gave"));
  }
  parsed.request_id.assign(dot + 1, end);
  return parsed;
}

LogStore::PageOfLogs MakePage(std::vector<LogEntry> entries, size_t limit) {
  LogStore::PageOfLogs page;
  page.entries = std::move(entries);
  if (page.entries.size() <= limit) return page;
  page.entries.resize(limit);
  if (limit == 0) return page;
  const auto& last = page.entries.back().record;
  page.next_cursor = FormatCursor({ToMicros(last.time()), last.request_id()});
  return page;
}

SqlQuery ListSql(SqlDialect dialect, const std::string& columns, const LogQuery& query,
                 const LogCursor* after, size_t limit) {
  Builder builder(dialect, columns);
  builder.Filter(query);
  if (after != nullptr) {
    const std::string time = builder.Time(after->time_us);
    builder.And("(time, request_id) < (" + time + ", " + builder.Text(after->request_id) + ")");
  }
  return builder.Finish("time DESC, request_id DESC", limit);
}

SqlQuery AfterSql(SqlDialect dialect, const std::string& columns, const LogQuery& query,
                  uint64_t sequence, size_t limit) {
  Builder builder(dialect, columns);
  builder.And("sequence > " + builder.Int(static_cast<int64_t>(sequence)));
  builder.Filter(query);
  return builder.Finish("sequence", limit);
}

}  // namespace llmgw::controlplane::store
