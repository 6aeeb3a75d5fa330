#include "dataplane/record/worker_metrics.h"

#include <charconv>
#include <string>

#include "common/text/clean_text.h"

namespace llmgw::record {
namespace {

std::string_view OrNone(std::string_view label) {
  return label.empty() ? WorkerMetrics::kNone : label;
}

void AddTokens(CounterCell& cell, const std::optional<int64_t>& tokens) {
  if (tokens && *tokens > 0) cell.Add(static_cast<uint64_t>(*tokens));
}

uint64_t Bytes(int64_t bytes) { return bytes > 0 ? static_cast<uint64_t>(bytes) : 0; }

}  // namespace

std::string_view WorkerMetrics::ModelLabel(const model::RequestRecord& record) {
  const std::string& model = record.model_asked;
  if (!record.model_named) return kNone;
  if (models_.Has({model})) return model;
  const bool served = record.status >= 200 && record.status < 300 && !record.upstream.empty();
  if (!served || models_.size() >= kMostModels || model.size() > kLongestModel ||
      !text::IsCleanText(model)) {
    return kOther;
  }
  models_.At({model});
  return model;
}

RequestCell& WorkerMetrics::CellFor(const model::RequestRecord& record) {
  char digits[12];
  const auto end = std::to_chars(digits, digits + sizeof(digits), record.status).ptr;
  const std::string_view status(digits, static_cast<size_t>(end - digits));
  std::string_view model = ModelLabel(record);
  CellMap<5, RequestCell>::Labels labels{OrNone(record.route), OrNone(record.upstream), model,
                                         status, OrNone(model::ToString(record.fault))};
  if (requests.size() >= kMostRequestCells && !requests.Has(labels)) {
    model = kOther;
    labels = {kOther, kOther, kOther, kOther, kOther};
  }
  RequestCell& cell = requests.At(labels);
  if (cell.route == nullptr) {
    cell.route = &routes.At({labels[0], labels[1]});
    cell.tokens = &tokens.At({labels[0], labels[1], model});
  }
  return cell;
}

void WorkerMetrics::Record(const model::RequestRecord& record) {
  finished.Add(1);
  RequestCell& cell = CellFor(record);
  cell.requests.Add(1);
  // Hours of an open tunnel say nothing of how long answers take.
  (record.status == 101 ? cell.route->tunnel : cell.route->duration).Observe(record.total);
  if (record.first_byte.count() > 0) cell.route->first_byte.Observe(record.first_byte);
  cell.route->gateway.Observe(record.gateway);
  cell.route->request_bytes.Add(Bytes(record.request_bytes));
  cell.route->response_bytes.Add(Bytes(record.response_bytes));
  AddTokens(cell.tokens->input, record.usage.input);
  AddTokens(cell.tokens->output, record.usage.output);
  AddTokens(cell.tokens->cached_input, record.usage.cached_input);
  AddTokens(cell.tokens->reasoning, record.usage.reasoning);
  if (record.retry_budget_spent) budget_spent.At({OrNone(record.route)}).Add(1);
  if (record.fault != model::Fault::kNone) {
    failures.At({OrNone(record.route), OrNone(record.reason), model::ToString(record.fault)})
        .Add(1);
  }
  for (const model::AttemptRecord& attempt : record.attempts) {
    attempts.At({OrNone(attempt.upstream), OrNone(attempt.outcome)}).Add(1);
    if (attempt.credential_rests) {
      const std::string status = std::to_string(attempt.status);
      credential_rests.At({OrNone(attempt.upstream), OrNone(attempt.credential_id), status}).Add(1);
    }
  }
}

}  // namespace llmgw::record
