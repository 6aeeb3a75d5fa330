#include "dataplane/route/router.h"

#include <algorithm>
#include <array>
#include <span>

#include "dataplane/route/policy/insertion_sort.h"
#include "dataplane/route/policy/policy.h"

#include "dataplane/route/native.h"

namespace llmgw::route {
namespace {

std::string_view WithoutPort(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool MayUse(const settings::KeySettings* key, const settings::UpstreamSettings* upstream) {
  const bool named =
      key == nullptr || key->any_upstream ||
      std::find(key->upstreams.begin(), key->upstreams.end(), upstream) != key->upstreams.end();
  return named && settings::Serves(*upstream, key);
}

// A deny list can't tell what an unreadable body asks for; an allow list that names the path can.
bool Admits(const model::AccessList& models, const model::RequestFacts& facts) {
  if (facts.opaque && !models.deny.empty()) {
    const bool named =
        std::any_of(models.allow.begin(), models.allow.end(), [&facts](const std::string& pattern) {
          return pattern.starts_with('/') && model::MatchesModel(pattern, facts.model);
        });
    if (!named) return false;
  }
  return models.Admits(facts.model);
}

// A model that one of the levels has; they deny nothing.
bool InLevels(const settings::LevelSet* levels, const model::RequestFacts& facts) {
  if (levels == nullptr || levels->every_model) return true;
  return !levels->models.allow.empty() && Admits(levels->models, facts);
}

// Those that rest go behind the others, the soonest to be back first.
void PutRestingLast(std::span<Candidate> candidates, const model::Caller& caller,
                    UpstreamTable& upstreams, MonotonicTime now) {
  std::array<MonotonicTime, model::Route::kMaxCandidates> until{};
  std::array<Candidate, model::Route::kMaxCandidates> ordered;
  size_t awake = 0;
  size_t resting = 0;
  for (const Candidate& candidate : candidates) {
    const MonotonicTime back = upstreams.RestsUntil(*candidate.upstream, caller, now);
    if (back == MonotonicTime{}) {
      candidates[awake++] = candidate;
      continue;
    }
    size_t place = resting++;
    for (; place > 0 && back < until[place - 1]; --place) {
      until[place] = until[place - 1];
      ordered[place] = ordered[place - 1];
    }
    until[place] = back;
    ordered[place] = candidate;
  }
  std::copy_n(ordered.begin(), resting, candidates.begin() + static_cast<ptrdiff_t>(awake));
}

}  // namespace

tl::expected<model::MatchedRoute, model::Failure> Router::Match(
    const settings::RuntimeSettings& settings, std::string_view host, std::string_view path) {
  const settings::RouteSettings* route = settings.FindRoute(WithoutPort(host), path);
  if (route == nullptr) return tl::unexpected(model::NoRoute(path));
  return model::MatchedRoute(*route);
}

tl::expected<model::Route, model::Failure> Router::Choose(const model::MatchedRoute& matched,
                                                          const model::Caller& caller,
                                                          const model::RequestFacts& facts) {
  const settings::RouteSettings& settings = matched.settings();
  const settings::KeySettings* key = caller.key();
  if (key != nullptr && (!InLevels(key->levels, facts) || !Admits(key->models, facts)))
    return tl::unexpected(model::ModelNotAllowed(facts.model));
  if (settings.upstreams.empty()) return tl::unexpected(model::NoUpstream(settings.name));
  model::Route route(settings);
  bool any_for_caller = false;
  for (const settings::UpstreamSettings* upstream : settings.upstreams) {
    if (!MayUse(key, upstream)) continue;
    any_for_caller = true;
    if (!Admits(upstream->models, facts)) continue;
    if (route.count_ == model::Route::kMaxCandidates) break;
    route.candidates_[route.count_++] = upstream;
  }
  if (!any_for_caller) return tl::unexpected(model::UpstreamNotAllowed(settings.name));
  if (route.count_ == 0) return tl::unexpected(model::ModelNotFound(facts.model));
  route.count_ = KeepNative({route.candidates_.data(), route.count_}, facts.dialect);
  return route;
}

void Router::DropEjected(model::Route& route, const model::RequestFacts& facts,
                         const UpstreamTable& upstreams, MonotonicTime now) {
  std::array<const settings::UpstreamSettings*, model::Route::kMaxCandidates> left;
  size_t count = 0;
  for (const settings::UpstreamSettings* upstream : route.candidates())
    if (upstreams.Admits(*upstream, facts.model, now)) left[count++] = upstream;
  if (count == 0 || count == route.count_) return;
  std::copy_n(left.begin(), count, route.candidates_.begin());
  route.count_ = count;
}

bool Router::NeedsOrder(const model::Route& route, const UpstreamTable& upstreams) {
  if (route.count_ < 2) return false;
  return route.settings_->choosing.policy != settings::PolicyKind::kOrder || upstreams.any_rests();
}

void Router::Order(model::Route& route, const model::Caller& caller, UpstreamTable& upstreams,
                   uint64_t affinity, MonotonicTime now) {
  const settings::ChoosingSettings& choosing = route.settings_->choosing;
  std::array<Candidate, model::Route::kMaxCandidates> all;
  for (size_t i = 0; i < route.count_; ++i) {
    const settings::UpstreamSettings& upstream = *route.candidates_[i];
    all[i] = {&upstream, &upstreams.state(upstream), choosing.WeightOf(upstream.index)};
  }
  std::span<Candidate> candidates(all.data(), route.count_);
  // 1. The policy.
  const Policy* policy = PolicyFor(choosing.policy);
  if (policy != nullptr && candidates.size() > 1)
    policy->Order(candidates,
                  {upstreams.turns(*route.settings_), upstreams.random(), affinity, now});
  // 2. What rests comes last: it is asked only when nothing else can serve.
  if (upstreams.any_rests(now)) PutRestingLast(candidates, caller, upstreams, now);
  for (size_t i = 0; i < candidates.size(); ++i) route.candidates_[i] = candidates[i].upstream;
  route.count_ = candidates.size();
}

}  // namespace llmgw::route
