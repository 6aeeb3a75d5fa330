#include "controlplane/push/health_tracker.h"

namespace llmgw::controlplane::push {

void HealthTracker::Connected(const RolloutTracker::Connection& connection) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[connection.id];
  if (entry.serial > connection.serial) return;
  entry = {connection.serial, {connection.id, clock_.Wall(), {}}};
}

void HealthTracker::Reported(const RolloutTracker::Connection& connection,
                             const config::v1::HealthReport& report) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(connection.id);
  if (found == entries_.end() || found->second.serial != connection.serial) return;
  found->second.health.reported_at = clock_.Wall();
  found->second.health.report = report;
}

void HealthTracker::Disconnected(const RolloutTracker::Connection& connection) {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(connection.id);
  if (found != entries_.end() && found->second.serial == connection.serial) entries_.erase(found);
}

std::vector<DataplaneHealth> HealthTracker::List() const {
  std::lock_guard lock(mutex_);
  std::vector<DataplaneHealth> list;
  list.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) list.push_back(entry.health);
  return list;
}

}  // namespace llmgw::controlplane::push
