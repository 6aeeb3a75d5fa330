#include <string>
#include <utility>

#include "dataplane/route/upstream_table.h"

// What the table knows of failures. The rest of it: upstream_table.cc.
namespace llmgw::route {

void UpstreamTable::JudgeHealth(const settings::UpstreamSettings& upstream,
                                const model::UpstreamAnswer& answer) {
  UpstreamState& state = *entries_[upstream.index].state;
  // With passthrough it is the client's own.
  const bool has_credential = upstream.credential_mode == settings::CredentialMode::kPassthrough ||
                              !upstream.credentials.empty();
  if (state.breakers == nullptr &&
      (!upstream.health.passive || health::UpstreamBreakers::IsGood(answer, has_credential)))
    return;
  if (BreakersOf(state).Answered(answer, has_credential, upstream.health))
    common_->health_changed = true;
}

health::UpstreamBreakers& UpstreamTable::BreakersOf(UpstreamState& state) {
  if (state.breakers == nullptr) {
    state.breakers = std::make_unique<health::UpstreamBreakers>();
    ++common_->failing;
  }
  return *state.breakers;
}

void UpstreamTable::SetCheck(std::string_view upstream, std::optional<health::FailedCheck> failed) {
  for (const Entry& entry : entries_) {
    if (entry.name != upstream) continue;
    if (failed || entry.state->breakers != nullptr)
      BreakersOf(*entry.state).SetCheck(std::move(failed));
    common_->health_changed = true;
    return;
  }
}

void UpstreamTable::ReportRests(const Entry& entry, MonotonicTime now,
                                std::chrono::nanoseconds wall_offset,
                                std::vector<model::UpstreamHealth>& out) const {
  if (!any_rests()) return;
  for (size_t i = 0; i < entry.credentials.size(); ++i) {
    const CredentialRest& rest = entry.credentials[i]->rest;
    if (!rest.rests(now)) continue;
    model::UpstreamHealth& resting = out.emplace_back();
    resting.upstream = entry.name;
    resting.credential_id = entry.credential_ids[i];
    resting.state = model::HealthState::kResting;
    resting.since = health::WallOf(rest.since(), wall_offset);
    resting.until = health::WallOf(rest.until(), wall_offset);
    resting.cause = "status " + std::to_string(rest.status());
  }
}

std::vector<model::UpstreamHealth> UpstreamTable::Health(MonotonicTime now,
                                                         std::chrono::nanoseconds wall_offset) {
  std::vector<model::UpstreamHealth> out;
  common_->failing = 0;
  for (const Entry& entry : entries_) {
    ReportRests(entry, now, wall_offset, out);
    auto& breakers = entry.state->breakers;
    if (breakers == nullptr) continue;
    if (breakers->Sweep(now, entry.health)) {
      breakers.reset();
    } else {
      breakers->Report(entry.name, wall_offset, out);
      ++common_->failing;
    }
  }
  common_->health_changed = false;
  return out;
}

}  // namespace llmgw::route
