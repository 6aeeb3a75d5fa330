#include "dataplane/route/health/upstream_breakers.h"

#include <algorithm>
#include <utility>

namespace llmgw::route::health {
namespace {

using model::UpstreamAnswer;
using model::UpstreamOutcome;

// What an answer says of a breaker.
enum class Verdict : uint8_t { kNothing, kGood, kBad };

Verdict OnConnection(const UpstreamAnswer& answer) {
  switch (answer.outcome) {
    case UpstreamOutcome::kUnreachable:
      return Verdict::kBad;
    case UpstreamOutcome::kAnswered:
    case UpstreamOutcome::kTimeout:
    case UpstreamOutcome::kBroke:
      return Verdict::kGood;
    case UpstreamOutcome::kNothing:
      break;
  }
  return Verdict::kNothing;
}

Verdict OnModel(const UpstreamAnswer& answer, bool has_credential) {
  switch (answer.outcome) {
    case UpstreamOutcome::kTimeout:
    case UpstreamOutcome::kBroke:
      return Verdict::kBad;
    case UpstreamOutcome::kAnswered:
      break;
    case UpstreamOutcome::kUnreachable:
    case UpstreamOutcome::kNothing:
      return Verdict::kNothing;
  }
  if (answer.status >= 500) return Verdict::kBad;
  if (answer.status == 429) return has_credential ? Verdict::kNothing : Verdict::kBad;
  if (answer.status == 401 || answer.status == 403) return Verdict::kNothing;
  return Verdict::kGood;
}

std::string CauseOf(const UpstreamAnswer& answer) {
  if (answer.outcome == UpstreamOutcome::kAnswered)
    return "status " + std::to_string(answer.status);
  return std::string(answer.slug);
}

bool Tell(Breaker& breaker, Verdict verdict, const UpstreamAnswer& answer,
          const settings::HealthSettings& rules) {
  switch (verdict) {
    case Verdict::kNothing:
      breaker.Ended(answer.began);
      return false;
    case Verdict::kGood:
      return breaker.Succeeded(answer.began, answer.now, rules);
    case Verdict::kBad:
      break;
  }
  return breaker.Failed(answer.began, answer.now, rules, CauseOf(answer));
}

// A request that names no model has its path for one; those are one model here.
std::string_view NameOf(std::string_view model) {
  if (model.starts_with('/')) return "/";
  return model.substr(0, UpstreamBreakers::kModelBytes);
}

model::UpstreamHealth Describe(const std::string& upstream, const Breaker::Ejection& ejection,
                               std::chrono::nanoseconds wall_offset) {
  model::UpstreamHealth out;
  out.upstream = upstream;
  out.state = model::HealthState::kEjected;
  out.since = WallOf(ejection.since, wall_offset);
  out.until = WallOf(ejection.until, wall_offset);
  out.ejections = ejection.count;
  out.cause = ejection.cause;
  return out;
}

}  // namespace

bool UpstreamBreakers::IsGood(const UpstreamAnswer& answer, bool has_credential) {
  return OnConnection(answer) != Verdict::kBad && OnModel(answer, has_credential) != Verdict::kBad;
}

bool UpstreamBreakers::Admits(std::string_view model, MonotonicTime now,
                              const settings::HealthSettings& rules) const {
  if (check_ && !rules.check_path.empty()) return false;
  if (!rules.passive) return true;
  if (connection_ && !connection_->Admits(now)) return false;
  if (models_.empty()) return true;
  const auto found = models_.find(NameOf(model));
  return found == models_.end() || found->second.Admits(now);
}

void UpstreamBreakers::Began(std::string_view model, MonotonicTime began) {
  if (connection_) connection_->Began(began);
  if (Breaker* breaker = Find(model)) breaker->Began(began);
}

bool UpstreamBreakers::Answered(const UpstreamAnswer& answer, bool has_credential,
                                const settings::HealthSettings& rules) {
  if (!rules.passive) return false;
  bool changed = false;
  const Verdict connection = OnConnection(answer);
  if (connection == Verdict::kBad && !connection_) connection_.emplace();
  if (connection_) changed = Tell(*connection_, connection, answer, rules);
  // An upstream that begins streams and breaks them has not succeeded with their beginning.
  if (answer.open) return changed;
  const Verdict verdict = OnModel(answer, has_credential);
  Breaker* const breaker = verdict == Verdict::kBad ? &Make(answer.model) : Find(answer.model);
  if (breaker != nullptr) changed = Tell(*breaker, verdict, answer, rules) || changed;
  return changed;
}

Breaker* UpstreamBreakers::Find(std::string_view model) {
  if (models_.empty()) return nullptr;
  const auto found = models_.find(NameOf(model));
  return found == models_.end() ? nullptr : &found->second;
}

Breaker& UpstreamBreakers::Make(std::string_view model) {
  if (Breaker* known = Find(model)) return *known;
  if (models_.size() >= kMostModels) {
    models_.erase(
        std::min_element(models_.begin(), models_.end(), [](const auto& a, const auto& b) {
          return a.second.last_failure() < b.second.last_failure();
        }));
  }
  return models_.emplace(std::string(NameOf(model)), Breaker()).first->second;
}

bool UpstreamBreakers::Sweep(MonotonicTime now, const settings::HealthSettings& rules) {
  const auto gone = [&](const Breaker& breaker) {
    return !rules.passive || breaker.Forgettable(now, rules);
  };
  if (connection_ && gone(*connection_)) connection_.reset();
  std::erase_if(models_, [&](const auto& item) { return gone(item.second); });
  if (rules.check_path.empty()) check_.reset();
  return !connection_ && models_.empty() && !check_;
}

void UpstreamBreakers::Report(const std::string& upstream, std::chrono::nanoseconds wall_offset,
                              std::vector<model::UpstreamHealth>& out) const {
  if (check_) {
    model::UpstreamHealth failed;
    failed.upstream = upstream;
    failed.state = model::HealthState::kCheckFailed;
    failed.since = WallOf(check_->since, wall_offset);
    failed.cause = check_->cause;
    out.push_back(std::move(failed));
  }
  if (connection_ && connection_->ejection() != nullptr)
    out.push_back(Describe(upstream, *connection_->ejection(), wall_offset));
  for (const auto& [model, breaker] : models_) {
    if (breaker.ejection() == nullptr) continue;
    out.push_back(Describe(upstream, *breaker.ejection(), wall_offset));
    out.back().model = model;
  }
}

}  // namespace llmgw::route::health
