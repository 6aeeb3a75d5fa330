#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controlplane/store/log_store.h"
#include "controlplane/store/sqlite/sqlite_database.h"

namespace llmgw::controlplane::store::sqlite {

// With one writer at a time, sequences are given in the order of commit: After() can't pass over
// a record.
class SqliteLogStore : public LogStore {
 public:
  explicit SqliteLogStore(std::shared_ptr<SqliteDatabase> database)
      : database_(std::move(database)) {}

  Result<AppendResult> Append(const std::string& dataplane_id,
                              const std::vector<usage::v1::RequestRecord>& records,
                              const Wanted& wanted) override;
  Result<PageOfLogs> List(const LogQuery& query, const std::string& cursor, size_t limit) override;
  Result<std::vector<LogEntry>> After(const LogQuery& query, uint64_t sequence,
                                      size_t limit) override;
  Result<uint64_t> LastSequence() override;
  Result<usage::v1::RequestRecord> Get(const std::string& request_id) override;

 private:
  const std::shared_ptr<SqliteDatabase> database_;
};

}  // namespace llmgw::controlplane::store::sqlite
