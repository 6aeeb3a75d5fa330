#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/model/upstream_watch.h"
#include "dataplane/route/credential_rest.h"
#include "dataplane/route/random.h"
#include "dataplane/route/retry_budget.h"
#include "dataplane/route/upstream_state.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// What one worker has seen of the upstreams and routes of one set of settings, by their index.
// Requests that began under earlier settings hold the table of those; both count in the same
// states. Worker thread only.
class UpstreamTable final : public model::UpstreamWatch {
 public:
  // What a failed attempt counts as in the average of times to the first byte.
  static constexpr std::chrono::microseconds kFailurePenalty = std::chrono::seconds(5);

  // `before` (or null) is the table in use until now: what it knows of upstreams, credentials and
  // routes that are still there, by name and id, is kept. A credential whose secret has changed
  // starts afresh. `seed` is for random choices.
  UpstreamTable(const settings::RuntimeSettings& settings, const UpstreamTable* before,
                uint64_t seed);

  size_t PickCredential(const settings::UpstreamSettings& upstream, const model::Caller& caller,
                        MonotonicTime now) override;
  bool HasOtherCredential(const settings::UpstreamSettings& upstream, const model::Caller& caller,
                          size_t credential, MonotonicTime now) override;
  bool Answered(const settings::UpstreamSettings& upstream,
                const model::UpstreamAnswer& answer) override;
  void CountRequest(const settings::RouteSettings& route, MonotonicTime now) override;
  bool TakeRetry(const settings::RouteSettings& route, MonotonicTime now) override;

  // ---- for the router
  const UpstreamState& state(const settings::UpstreamSettings& upstream) const {
    return *entries_[upstream.index].state;
  }
  std::vector<int64_t>& turns(const settings::RouteSettings& route) {
    return routes_[route.index].turns;
  }
  Random& random() { return common_->random; }
  // Some credential may rest.
  bool any_rests() const { return common_->rests_until != MonotonicTime{}; }
  bool any_rests(MonotonicTime now) {
    if (now >= common_->rests_until) common_->rests_until = {};
    return any_rests();
  }
  // Until when all credentials that the caller may use rest; in the past when one does not.
  MonotonicTime RestsUntil(const settings::UpstreamSettings& upstream, const model::Caller& caller,
                           MonotonicTime now) const;

 private:
  struct CredentialState {
    uint64_t fingerprint = 0;  // of its secret
    CredentialRest rest;
  };
  struct Entry {
    std::string name;
    std::shared_ptr<UpstreamState> state;
    std::vector<std::string> credential_ids;
    std::vector<std::shared_ptr<CredentialState>> credentials;
    bool measured = false;  // a route chooses by its times
  };
  struct RouteEntry {
    std::string name;
    RetryBudget budget;
    std::vector<int64_t> turns;  // of round-robin, by upstream; empty without
  };
  // One for all tables of a worker.
  struct Common {
    Random random;
    MonotonicTime rests_until{};  // of all credentials; zero: none rests
  };

  void Began(const settings::UpstreamSettings& upstream) override {
    ++entries_[upstream.index].state->pending;
  }
  void Ended(const settings::UpstreamSettings& upstream) override {
    --entries_[upstream.index].state->pending;
  }
  void AddUpstream(const settings::UpstreamSettings& upstream, const Entry* old);
  void AddRoute(const settings::RouteSettings& route, const UpstreamTable* before);

  std::shared_ptr<Common> common_;
  std::vector<Entry> entries_;
  std::vector<RouteEntry> routes_;
};

}  // namespace llmgw::route
