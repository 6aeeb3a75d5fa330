#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::controlplane::store {

// Every set field narrows. Model: exact, or a prefix with a trailing '*'; matches model asked or
// served.
struct LogQuery {
  std::optional<std::chrono::system_clock::time_point> since;  // inclusive
  std::optional<std::chrono::system_clock::time_point> until;  // exclusive
  std::string key_id;
  std::string model;
  std::string upstream;
  std::string route;
  std::string reason;
  std::string fault;
  int status_min = 0;
  int status_max = 0;  // 0: no bound
};

// A record and its place in the order of arrival.
struct LogEntry {
  uint64_t sequence = 0;
  usage::v1::RequestRecord record;
};

struct AppendResult {
  uint32_t stored = 0;
  uint32_t duplicates = 0;
};

// Keeps request records. Safe for concurrent use by threads and processes. Errors: kUnavailable
// when the database can't be reached or stays locked, kDeadlineExceeded when a statement takes too
// long, kResourceExhausted when the disk is full, kInternal otherwise. Times are kept in
// microseconds; bytes that are not valid UTF-8, and NUL, become U+FFFD in text (never in bodies).
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Stores a batch in one transaction. Known request ids are skipped, whole batches may be
  // repeated. Records without a dataplane id get `dataplane_id`. After an error nothing, or (a
  // connection lost inside the commit) everything was stored: send it again. kInvalidArgument with
  // the field ("records[3].request_id") for a request id that is not 1 to 128 visible ASCII
  // characters; all other content is accepted. Waits a bounded time for its turn: kUnavailable.
  // `wanted` is asked when the turn has come; when the caller has gone meanwhile nothing is stored:
  // kUnavailable. Empty: it stays wanted.
  using Wanted = std::function<bool()>;
  virtual Result<AppendResult> Append(const std::string& dataplane_id,
                                      const std::vector<usage::v1::RequestRecord>& records,
                                      const Wanted& wanted = {}) = 0;

  // Newest first by (time, request id), at most `limit`, after the cursor of an earlier page
  // (empty: from the newest). Without attempts and bodies. `next_cursor` is empty at the end.
  // Records that arrive between two pages never make one come twice. kInvalidArgument on the field
  // "page_token" for a cursor that is none.
  struct PageOfLogs {
    std::vector<LogEntry> entries;
    std::string next_cursor;
  };
  virtual Result<PageOfLogs> List(const LogQuery& query, const std::string& cursor,
                                  size_t limit) = 0;

  // In order of arrival, those after `sequence`, at most `limit`, with attempts and without bodies.
  // For tailing. A record is never
  // passed over: an entry becomes visible only when all with lower sequences are committed or given
  // up.
  virtual Result<std::vector<LogEntry>> After(const LogQuery& query, uint64_t sequence,
                                              size_t limit) = 0;

  // The sequence of the newest visible record; 0 when there is none.
  virtual Result<uint64_t> LastSequence() = 0;

  // One record with attempts and bodies; kNotFound.
  virtual Result<usage::v1::RequestRecord> Get(const std::string& request_id) = 0;
};

}  // namespace llmgw::controlplane::store
