#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dataplane/forward/adapter/replicate_input.h"
#include "dataplane/forward/adapter/replicate_prediction.h"
#include "dataplane/forward/upstream_exchange.h"

namespace llmgw::forward {

// Whom predictions are made with, and for as long as somebody speaks of them: it keeps alive what
// it points into. A value; worker thread only.
struct ReplicateAccount {
  WorkerState& worker;
  settings::SettingsPtr settings;          // that `upstream` and `secret` are in
  std::shared_ptr<const TlsContexts> tls;  // that go with them
  const settings::UpstreamSettings& upstream;
  const SecretString* secret;  // null: none is sent
};

// The requests of Replicate's HTTP API, as they go over the wire.
// (https://replicate.com/docs/reference/http). `get` and `cancel` are made from the prediction's
// id, as documented, rather than from the URLs of an answer: nobody else says where they go.
std::string CreateMessage(const ReplicateAccount& account, const PredictionOrder& order,
                          int64_t wait_seconds);  // 0: answers at once
std::string GetMessage(const ReplicateAccount& account, std::string_view id);
std::string CancelMessage(const ReplicateAccount& account, std::string_view id);
std::string StreamMessage(const ReplicateAccount& account, const StreamPlace& place);

// An answer of the API is a prediction or an error; what a prediction was asked with is part of it.
inline constexpr size_t kMostApiAnswer = 32 << 20;

// Sees to it that a prediction does not run on for nobody: unless it is settled, it is cancelled
// when this is destroyed, by an errand of the worker.
class PredictionGuard {
 public:
  PredictionGuard(ReplicateAccount account, net::Reactor& reactor)
      : account_(std::move(account)), reactor_(reactor) {}
  ~PredictionGuard();
  PredictionGuard(const PredictionGuard&) = delete;
  PredictionGuard& operator=(const PredictionGuard&) = delete;

  // It is there.
  void Created(std::string id) { id_ = std::move(id); }
  // It may be there: the answer that tells its id has not come yet, but for `body`.
  void Asked(std::unique_ptr<UpstreamExchange> exchange, std::string body);
  // It has ended.
  void Settle() { id_.clear(); }

  const ReplicateAccount& account() const { return account_; }
  const std::string& id() const { return id_; }

 private:
  ReplicateAccount account_;
  net::Reactor& reactor_;
  std::string id_;
  std::unique_ptr<UpstreamExchange> asked_;
  std::string body_;
};

}  // namespace llmgw::forward
