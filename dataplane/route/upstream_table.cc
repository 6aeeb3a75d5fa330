#include "dataplane/route/upstream_table.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "dataplane/route/stable_hash.h"

namespace llmgw::route {
namespace {

using model::UpstreamOutcome;
using settings::PolicyKind;

// Whether the caller's levels let it use the credential.
bool MayUse(const model::Caller& caller, const settings::Credential& credential) {
  return settings::Serves(credential, caller.key());
}

uint64_t Fingerprint(const settings::Credential& credential) {
  return std::hash<std::string_view>{}(credential.secret.Reveal());
}

template <typename Entries>
auto FindByName(const Entries& entries, std::string_view name) {
  return std::find_if(entries.begin(), entries.end(),
                      [name](const auto& entry) { return entry.name == name; });
}

}  // namespace

UpstreamTable::UpstreamTable(const settings::RuntimeSettings& settings, const UpstreamTable* before,
                             uint64_t seed)
    : common_(before != nullptr ? before->common_
                                : std::make_shared<Common>(Common{Random(seed), {}})) {
  common_->health_changed = true;  // an upstream may be gone
  std::unordered_map<std::string_view, const Entry*> known;
  if (before != nullptr)
    for (const Entry& entry : before->entries_) known.emplace(entry.name, &entry);
  entries_.reserve(settings.upstreams().size());
  for (const auto& upstream : settings.upstreams()) {
    const auto found = known.find(upstream->name);
    AddUpstream(*upstream, found == known.end() ? nullptr : found->second);
  }
  routes_.reserve(settings.routes().size());
  for (const auto& route : settings.routes()) AddRoute(*route, before);
}

void UpstreamTable::AddUpstream(const settings::UpstreamSettings& upstream, const Entry* old) {
  Entry& entry = entries_.emplace_back();
  entry.name = upstream.name;
  entry.health = upstream.health;
  entry.state = old != nullptr ? old->state : std::make_shared<UpstreamState>();
  entry.state->name_hash = StableHash(upstream.name);
  for (const settings::Credential& credential : upstream.credentials) {
    const uint64_t fingerprint = Fingerprint(credential);
    std::shared_ptr<CredentialState> state;
    for (size_t i = 0; old != nullptr && i < old->credentials.size(); ++i) {
      if (old->credential_ids[i] == credential.id &&
          old->credentials[i]->fingerprint == fingerprint)
        state = old->credentials[i];
    }
    if (state == nullptr) {
      state = std::make_shared<CredentialState>();
      state->fingerprint = fingerprint;
    }
    entry.credential_ids.push_back(credential.id);
    entry.credentials.push_back(std::move(state));
  }
}

void UpstreamTable::AddRoute(const settings::RouteSettings& route, const UpstreamTable* before) {
  RouteEntry& entry = routes_.emplace_back();
  entry.name = route.name;
  const PolicyKind policy = route.choosing.policy;
  if (policy == PolicyKind::kEwma)
    for (const auto* upstream : route.upstreams) entries_[upstream->index].measured = true;
  if (policy == PolicyKind::kRoundRobin) entry.turns.resize(entries_.size());
  if (before == nullptr) return;
  const auto old = FindByName(before->routes_, route.name);
  if (old == before->routes_.end()) return;
  entry.budget = old->budget;
  if (entry.turns.empty() || old->turns.empty()) return;
  for (const auto* upstream : route.upstreams) {
    const auto was = FindByName(before->entries_, upstream->name);
    if (was == before->entries_.end()) continue;
    entry.turns[upstream->index] = old->turns[static_cast<size_t>(was - before->entries_.begin())];
  }
}

size_t UpstreamTable::PickCredential(const settings::UpstreamSettings& upstream,
                                     const model::Caller& caller, MonotonicTime now) {
  const size_t count = upstream.credentials.size();
  if (count < 2) return 0;
  const Entry& entry = entries_[upstream.index];
  uint32_t& next = entry.state->next_credential;
  size_t soonest = 0;
  bool found = false;
  for (size_t tried = 0; tried < count; ++tried) {
    const size_t i = (next + tried) % count;
    if (!MayUse(caller, upstream.credentials[i])) continue;
    const CredentialRest& rest = entry.credentials[i]->rest;
    if (!rest.rests(now)) {
      next = static_cast<uint32_t>(i + 1);
      return i;
    }
    if (!found || rest.until() < entry.credentials[soonest]->rest.until()) soonest = i;
    found = true;
  }
  return soonest;
}

bool UpstreamTable::HasOtherCredential(const settings::UpstreamSettings& upstream,
                                       const model::Caller& caller, size_t credential,
                                       MonotonicTime now) {
  const Entry& entry = entries_[upstream.index];
  for (size_t i = 0; i < entry.credentials.size(); ++i) {
    if (i != credential && MayUse(caller, upstream.credentials[i]) &&
        !entry.credentials[i]->rest.rests(now))
      return true;
  }
  return false;
}

bool UpstreamTable::Answered(const settings::UpstreamSettings& upstream,
                             const model::UpstreamAnswer& answer) {
  JudgeHealth(upstream, answer);
  if (answer.outcome == UpstreamOutcome::kNothing) return false;
  if (answer.late && answer.outcome == UpstreamOutcome::kAnswered) return false;
  const Entry& entry = entries_[upstream.index];
  const bool answered = answer.outcome == UpstreamOutcome::kAnswered;
  if (entry.measured) {
    // A quick refusal must not look like a quick answer.
    const bool failed = !answered || answer.status >= 500 || CredentialRest::Causes(answer.status);
    entry.state->first_byte.Observe(
        failed ? std::max(kFailurePenalty, answer.first_byte) : answer.first_byte, answer.now);
  }
  if (!answered || upstream.credential_mode != settings::CredentialMode::kStored ||
      answer.credential >= entry.credentials.size())
    return false;
  CredentialRest& rest = entry.credentials[answer.credential]->rest;
  const bool rests = rest.Answered(answer.status, answer.retry_after, answer.began, answer.now);
  if (rests) {
    common_->rests_until = std::max(common_->rests_until, rest.until());
    common_->health_changed = true;
  }
  return rests;
}

MonotonicTime UpstreamTable::RestsUntil(const settings::UpstreamSettings& upstream,
                                        const model::Caller& caller, MonotonicTime now) const {
  const Entry& entry = entries_[upstream.index];
  MonotonicTime soonest{};
  for (size_t i = 0; i < entry.credentials.size(); ++i) {
    if (!MayUse(caller, upstream.credentials[i])) continue;
    const CredentialRest& rest = entry.credentials[i]->rest;
    if (!rest.rests(now)) return {};
    if (soonest == MonotonicTime{} || rest.until() < soonest) soonest = rest.until();
  }
  return soonest;
}

void UpstreamTable::CountRequest(const settings::RouteSettings& route, MonotonicTime now) {
  routes_[route.index].budget.CountRequest(now);
}

bool UpstreamTable::TakeRetry(const settings::RouteSettings& route, MonotonicTime now) {
  return routes_[route.index].budget.TakeRetry(route.choosing.retry_budget, now);
}

}  // namespace llmgw::route
