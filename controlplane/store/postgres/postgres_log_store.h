#pragma once

#include <string>
#include <vector>

#include "controlplane/store/bounded_turn.h"
#include "controlplane/store/log_store.h"
#include "controlplane/store/postgres/connection_pool.h"

namespace llmgw::controlplane::store::postgres {

// Sequences are given under an advisory lock that is held to the end of the commit, so they become
// visible in their order and After() can't pass over a record. The other way, reading only below
// pg_snapshot_xmin, would let any long transaction in the whole cluster (a backup) hold up tailing;
// the price of ours is that batches of several dataplanes commit one after the other, which they do
// at far more records per second than a fleet makes.
class PostgresLogStore : public LogStore {
 public:
  explicit PostgresLogStore(const DatabaseUrl& url);

  Result<AppendResult> Append(const std::string& dataplane_id,
                              const std::vector<usage::v1::RequestRecord>& records,
                              const Wanted& wanted) override;
  Result<PageOfLogs> List(const LogQuery& query, const std::string& cursor, size_t limit) override;
  Result<std::vector<LogEntry>> After(const LogQuery& query, uint64_t sequence,
                                      size_t limit) override;
  Result<uint64_t> LastSequence() override;
  Result<usage::v1::RequestRecord> Get(const std::string& request_id) override;

 private:
  // Batches of this process queue here, before they take a connection: those that wait for the
  // advisory lock would otherwise hold every connection of the pool, and reading would wait.
  BoundedTurn append_turn_;
  ConnectionPool pool_;
};

}  // namespace llmgw::controlplane::store::postgres
