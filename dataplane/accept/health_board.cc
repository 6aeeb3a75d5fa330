#include "dataplane/accept/health_board.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace llmgw::accept {
namespace {

using model::HealthState;
using model::UpstreamHealth;

void Fold(UpstreamHealth& into, const UpstreamHealth& other) {
  if (other.until > into.until) {
    into.until = other.until;
    into.cause = other.cause;
  }
  into.state = std::max(into.state, other.state);
  into.since = std::min(into.since, other.since);
  into.ejections = std::max(into.ejections, other.ejections);
}

}  // namespace

std::vector<UpstreamHealth> MergeHealth(const std::vector<std::vector<UpstreamHealth>>& of_workers,
                                        WallTime now) {
  std::map<std::tuple<std::string, std::string, std::string, bool>, UpstreamHealth> merged;
  for (const auto& health : of_workers) {
    for (UpstreamHealth entry : health) {
      const bool over = entry.until && *entry.until <= now;
      if (over && entry.state == HealthState::kResting) continue;
      if (over && entry.state == HealthState::kEjected) entry.state = HealthState::kTrial;
      const auto [found, made] =
          merged.try_emplace({entry.upstream, entry.model, entry.credential_id,
                              entry.state == HealthState::kCheckFailed},
                             entry);
      if (!made) Fold(found->second, entry);
    }
  }
  std::vector<UpstreamHealth> out;
  out.reserve(merged.size());
  for (auto& [key, entry] : merged) out.push_back(std::move(entry));
  return out;
}

}  // namespace llmgw::accept
