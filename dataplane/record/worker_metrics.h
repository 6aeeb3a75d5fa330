#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "dataplane/model/request_record.h"
#include "dataplane/record/metric_cells.h"

namespace llmgw::record {

// Upper bounds in microseconds: of what a client waits for, and of what the gateway itself takes.
inline constexpr std::array<int64_t, 15> kWaitBounds{
    1'000,     5'000,     10'000,    25'000,     50'000,     100'000,    250'000,    500'000,
    1'000'000, 2'500'000, 5'000'000, 10'000'000, 30'000'000, 60'000'000, 300'000'000};
inline constexpr std::array<int64_t, 14> kOverheadBounds{
    10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 1'000'000};

struct RouteCell {
  HistogramCell<kWaitBounds> duration;
  HistogramCell<kWaitBounds> first_byte;
  HistogramCell<kOverheadBounds> gateway;
  HistogramCell<kWaitBounds> tunnel;  // how long switched connections lasted
  CounterCell request_bytes;
  CounterCell response_bytes;
};

struct TokenCell {
  CounterCell input;
  CounterCell output;
  CounterCell cached_input;
  CounterCell reasoning;
};

// Everything one kind of request counts in, found with one lookup.
struct RequestCell {
  CounterCell requests;
  RouteCell* route = nullptr;
  TokenCell* tokens = nullptr;
};

// The metric cells of one worker. The labels' values are bounded: routes, upstreams and reasons are
// ours; a model becomes one only by a successful answer (a stranger's made-up name does not) and
// only the first kMostModels of them, the others count as "other"; all combinations together
// end at kMostRequestCells.
//
// One thread writes; the reader (RequestMetrics) takes `mutex()` while it walks the maps.
class WorkerMetrics {
 public:
  static constexpr size_t kMostModels = 200;
  static constexpr size_t kMostRequestCells = 5000;
  static constexpr size_t kLongestModel = 100;
  static constexpr std::string_view kOther = "other";
  static constexpr std::string_view kNone = "none";  // no route, no upstream, no fault, no model

  WorkerMetrics() = default;
  WorkerMetrics(const WorkerMetrics&) = delete;
  WorkerMetrics& operator=(const WorkerMetrics&) = delete;

  // Writer only.
  void RequestStarted() { started.Add(1); }
  void Record(const model::RequestRecord& record);
  void ChunksRelayed(uint64_t count) { chunks.Add(count); }
  void TunnelBytes(uint64_t from_client, uint64_t from_upstream) {
    tunnel_bytes_from_client.Add(from_client);
    tunnel_bytes_from_upstream.Add(from_upstream);
  }

 private:
  // Before the maps, which refer to it.
  mutable std::mutex mutex_;

 public:
  std::mutex& mutex() const { return mutex_; }

  // Label order as written.
  CounterCell started;
  CounterCell finished;
  CounterCell chunks;
  CounterCell tunnels_opened;
  CounterCell tunnels_closed;
  CounterCell tunnel_bytes_from_client;
  CounterCell tunnel_bytes_from_upstream;
  CellMap<5, RequestCell> requests{mutex_};          // route, upstream, model, status, fault
  CellMap<2, RouteCell> routes{mutex_};              // route, upstream
  CellMap<3, TokenCell> tokens{mutex_};              // route, upstream, model
  CellMap<3, CounterCell> failures{mutex_};          // route, reason, fault
  CellMap<2, CounterCell> attempts{mutex_};          // upstream, outcome
  CellMap<3, CounterCell> credential_rests{mutex_};  // upstream, credential, status
  CellMap<1, CounterCell> budget_spent{mutex_};      // route

 private:
  std::string_view ModelLabel(const model::RequestRecord& record);
  RequestCell& CellFor(const model::RequestRecord& record);

  CellMap<1, CounterCell> models_{mutex_};
};

}  // namespace llmgw::record
