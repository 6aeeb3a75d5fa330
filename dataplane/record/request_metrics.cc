#include "dataplane/record/request_metrics.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <string>

namespace llmgw::record {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double kMicrosPerSecond = 1e6;

template <size_t N>
using LabelNames = std::array<const char*, N>;
template <size_t N, typename Value>
using ByLabels = std::map<std::array<std::string, N>, Value>;

constexpr LabelNames<5> kRequestLabels{"route", "upstream", "model", "status", "fault"};
constexpr LabelNames<3> kFailureLabels{"route", "reason", "fault"};
constexpr LabelNames<2> kAttemptLabels{"upstream", "outcome"};
constexpr LabelNames<3> kRestLabels{"upstream", "credential", "status"};
constexpr LabelNames<1> kBudgetLabels{"route"};
constexpr LabelNames<2> kRouteLabels{"route", "upstream"};
constexpr LabelNames<4> kTokenLabels{"route", "upstream", "model", "kind"};
constexpr LabelNames<1> kSideLabels{"from"};

struct HistogramSum {
  std::vector<uint64_t> counts;
  uint64_t sum_us = 0;
};

template <const auto& Bounds>
void AddTo(HistogramSum& sum, const HistogramCell<Bounds>& cell) {
  sum.counts.resize(HistogramCell<Bounds>::kBuckets);
  for (size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += cell.count(i);
  sum.sum_us += cell.sum_us();
}

struct RouteSum {
  HistogramSum duration;
  HistogramSum first_byte;
  HistogramSum gateway;
  HistogramSum tunnel;
  uint64_t request_bytes = 0;
  uint64_t response_bytes = 0;
};

struct Sums {
  uint64_t started = 0;
  uint64_t finished = 0;
  uint64_t chunks = 0;
  uint64_t tunnels_opened = 0;
  uint64_t tunnels_closed = 0;
  ByLabels<1, uint64_t> tunnel_bytes;
  ByLabels<5, uint64_t> requests;
  ByLabels<3, uint64_t> failures;
  ByLabels<2, uint64_t> attempts;
  ByLabels<3, uint64_t> credential_rests;
  ByLabels<1, uint64_t> budget_spent;
  ByLabels<2, RouteSum> routes;
  ByLabels<4, uint64_t> tokens;

  void Add(const WorkerMetrics& worker);
  void AddTokens(const std::array<std::string, 3>& labels, const char* kind,
                 const CounterCell& cell) {
    if (cell.value() > 0) tokens[{labels[0], labels[1], labels[2], kind}] += cell.value();
  }
};

void Sums::Add(const WorkerMetrics& worker) {
  // `finished` first: a request between the two reads then counts as in flight, never as minus one.
  finished += worker.finished.value();
  started += worker.started.value();
  chunks += worker.chunks.value();
  tunnels_closed += worker.tunnels_closed.value();
  tunnels_opened += worker.tunnels_opened.value();
  tunnel_bytes[{"client"}] += worker.tunnel_bytes_from_client.value();
  tunnel_bytes[{"upstream"}] += worker.tunnel_bytes_from_upstream.value();
  std::lock_guard lock(worker.mutex());
  worker.requests.ForEach([&](const auto& labels, const RequestCell& cell) {
    requests[labels] += cell.requests.value();
  });
  worker.failures.ForEach(
      [&](const auto& labels, const CounterCell& cell) { failures[labels] += cell.value(); });
  worker.attempts.ForEach(
      [&](const auto& labels, const CounterCell& cell) { attempts[labels] += cell.value(); });
  worker.credential_rests.ForEach([&](const auto& labels, const CounterCell& cell) {
    credential_rests[labels] += cell.value();
  });
  worker.budget_spent.ForEach(
      [&](const auto& labels, const CounterCell& cell) { budget_spent[labels] += cell.value(); });
  worker.routes.ForEach([&](const auto& labels, const RouteCell& cell) {
    RouteSum& sum = routes[labels];
    AddTo(sum.duration, cell.duration);
    AddTo(sum.first_byte, cell.first_byte);
    AddTo(sum.gateway, cell.gateway);
    AddTo(sum.tunnel, cell.tunnel);
    sum.request_bytes += cell.request_bytes.value();
    sum.response_bytes += cell.response_bytes.value();
  });
  worker.tokens.ForEach([&](const auto& labels, const TokenCell& cell) {
    AddTokens(labels, "input", cell.input);
    AddTokens(labels, "output", cell.output);
    AddTokens(labels, "cached_input", cell.cached_input);
    AddTokens(labels, "reasoning", cell.reasoning);
  });
}

MetricFamily Family(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

template <size_t N>
ClientMetric& AddMetric(MetricFamily& family, const LabelNames<N>& names,
                        const std::array<std::string, N>& values) {
  ClientMetric& metric = family.metric.emplace_back();
  for (size_t i = 0; i < N; ++i) metric.label.push_back({names[i], values[i]});
  return metric;
}

template <size_t N>
MetricFamily Counters(const char* name, const char* help, const LabelNames<N>& names,
                      const ByLabels<N, uint64_t>& sums) {
  MetricFamily family = Family(name, help, MetricType::Counter);
  for (const auto& [labels, value] : sums) {
    AddMetric(family, names, labels).counter.value = static_cast<double>(value);
  }
  return family;
}

MetricFamily RouteCounters(const char* name, const char* help, const ByLabels<2, RouteSum>& sums,
                           uint64_t RouteSum::*member) {
  MetricFamily family = Family(name, help, MetricType::Counter);
  for (const auto& [labels, sum] : sums) {
    AddMetric(family, kRouteLabels, labels).counter.value = static_cast<double>(sum.*member);
  }
  return family;
}

template <size_t B>
MetricFamily RouteHistograms(const char* name, const char* help, const ByLabels<2, RouteSum>& sums,
                             HistogramSum RouteSum::*member,
                             const std::array<int64_t, B>& bounds_us) {
  MetricFamily family = Family(name, help, MetricType::Histogram);
  for (const auto& [labels, sums_of_route] : sums) {
    const HistogramSum& sum = sums_of_route.*member;
    // Routes that never got as far as an upstream have no time to its first byte.
    if (std::all_of(sum.counts.begin(), sum.counts.end(), [](uint64_t n) { return n == 0; })) {
      continue;
    }
    ClientMetric::Histogram& histogram = AddMetric(family, kRouteLabels, labels).histogram;
    for (size_t i = 0; i < B; ++i) {
      histogram.sample_count += sum.counts[i];
      histogram.bucket.push_back(
          {histogram.sample_count, static_cast<double>(bounds_us[i]) / kMicrosPerSecond});
    }
    histogram.sample_count += sum.counts[B];
    histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
    histogram.sample_sum = static_cast<double>(sum.sum_us) / kMicrosPerSecond;
  }
  return family;
}

MetricFamily Single(const char* name, const char* help, MetricType type, uint64_t value) {
  MetricFamily family = Family(name, help, type);
  ClientMetric& metric = family.metric.emplace_back();
  (type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) =
      static_cast<double>(value);
  return family;
}

uint64_t InFlight(uint64_t started, uint64_t finished) {
  return started > finished ? started - finished : 0;
}

}  // namespace

WorkerMetrics& RequestMetrics::AddWorker() {
  std::lock_guard lock(mutex_);
  return *workers_.emplace_back(std::make_unique<WorkerMetrics>());
}

std::vector<MetricFamily> RequestMetrics::Collect() const {
  Sums sums;
  {
    std::lock_guard lock(mutex_);
    for (const auto& worker : workers_) sums.Add(*worker);
  }
  return {
      Counters("llmgw_requests_total", "Requests that have ended.", kRequestLabels, sums.requests),
      Counters("llmgw_requests_failed_total", "Requests that failed, by reason and by whose fault.",
               kFailureLabels, sums.failures),
      Single("llmgw_requests_in_flight", "Requests begun and not ended.", MetricType::Gauge,
             InFlight(sums.started, sums.finished)),
      RouteHistograms("llmgw_request_duration_seconds",
                      "From the request's head to the last byte of its answer.", sums.routes,
                      &RouteSum::duration, kWaitBounds),
      RouteHistograms("llmgw_time_to_first_byte_seconds",
                      "From the request's head to the first body byte of its answer.", sums.routes,
                      &RouteSum::first_byte, kWaitBounds),
      RouteHistograms("llmgw_gateway_overhead_seconds",
                      "The part of a request's time that the gateway itself took.", sums.routes,
                      &RouteSum::gateway, kOverheadBounds),
      RouteCounters("llmgw_request_bytes_total", "Body bytes from clients.", sums.routes,
                    &RouteSum::request_bytes),
      RouteCounters("llmgw_response_bytes_total", "Body bytes to clients.", sums.routes,
                    &RouteSum::response_bytes),
      Counters("llmgw_tokens_total", "Tokens as the upstreams reported them.", kTokenLabels,
               sums.tokens),
      Single("llmgw_stream_chunks_total", "Pieces of streams relayed.", MetricType::Counter,
             sums.chunks),
      Single("llmgw_tunnels_open", "Connections switched to another protocol and still open.",
             MetricType::Gauge, InFlight(sums.tunnels_opened, sums.tunnels_closed)),
      Counters("llmgw_tunnel_bytes_total", "Bytes through such connections, by who sent them.",
               kSideLabels, sums.tunnel_bytes),
      RouteHistograms("llmgw_tunnel_duration_seconds", "How long such connections lasted.",
                      sums.routes, &RouteSum::tunnel, kWaitBounds),
      Counters("llmgw_upstream_attempts_total", "Attempts to get an answer from an upstream.",
               kAttemptLabels, sums.attempts),
      Counters("llmgw_credential_rests_total",
               "Times that a worker began to leave a credential alone, by the status that said so.",
               kRestLabels, sums.credential_rests),
      Counters("llmgw_retry_budget_spent_total",
               "Requests that were not tried again because their route's retry budget was spent.",
               kBudgetLabels, sums.budget_spent),
  };
}

uint64_t RequestMetrics::requests_in_flight() const {
  std::lock_guard lock(mutex_);
  uint64_t finished = 0, started = 0;
  for (const auto& worker : workers_) {
    finished += worker->finished.value();
    started += worker->started.value();
  }
  return InFlight(started, finished);
}

}  // namespace llmgw::record
