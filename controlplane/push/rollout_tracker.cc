#include "controlplane/push/rollout_tracker.h"

#include <algorithm>

#include "common/rpc/timestamp.h"

namespace llmgw::controlplane::push {
namespace {

constexpr std::chrono::hours kListedAfterLeaving{24};

}  // namespace

void RolloutTracker::StartEpoch(uint64_t epoch) {
  std::lock_guard lock(mutex_);
  FollowEpoch(epoch);
}

void RolloutTracker::FollowEpoch(uint64_t epoch) {
  if (epoch <= epoch_) return;
  epoch_ = epoch;
  for (auto& [id, entry] : entries_) {
    entry.status.acked_revision = 0;
    entry.status.nacked_revision = 0;
    entry.status.refused = false;
    entry.status.nack_reason.clear();
    entry.status.nack_field.clear();
  }
}

RolloutTracker::Connection RolloutTracker::Connected(const config::v1::Hello& hello,
                                                     const std::string& peer) {
  std::lock_guard lock(mutex_);
  WallTime now = clock_.Wall();
  DropForgotten(now);
  Entry& entry = entries_[hello.dataplane_id()];
  entry.serial = ++last_serial_;
  entry.status = DataplaneStatus();
  entry.status.id = hello.dataplane_id();
  entry.status.version = hello.version();
  entry.status.address = hello.address();
  entry.status.peer = peer;
  entry.status.connected = true;
  // hello.revision() is not taken for an acknowledgement: it may be another store's.
  entry.status.started_at = rpc::ToWallTime(hello.started_at());
  entry.status.connected_at = now;
  entry.status.last_seen_at = now;
  return {hello.dataplane_id(), entry.serial};
}

void RolloutTracker::Sent(const Connection& connection, uint64_t revision) {
  Update(connection, [&](DataplaneStatus& status) { status.sent_revision = revision; });
}

void RolloutTracker::Answered(const Connection& connection, const Answer& answer,
                              const std::string& reason, const std::string& field) {
  Update(connection, [&](DataplaneStatus& status) {
    status.last_seen_at = clock_.Wall();
    FollowEpoch(answer.epoch);  // the answer may be faster than the word of the new epoch
    if (answer.epoch < epoch_) return;
    if (answer.accepted) status.acked_revision = answer.revision;
    status.nacked_revision = answer.accepted ? 0 : answer.revision;
    status.refused = !answer.accepted && answer.last_word;
    status.nack_reason = answer.accepted ? "" : reason;
    status.nack_field = answer.accepted ? "" : field;
  });
}

void RolloutTracker::Seen(const Connection& connection, const config::v1::Heartbeat& heartbeat) {
  Update(connection, [&](DataplaneStatus& status) {
    status.last_seen_at = clock_.Wall();
    status.requests_in_flight = heartbeat.requests_in_flight();
  });
}

void RolloutTracker::Disconnected(const Connection& connection) {
  Update(connection, [&](DataplaneStatus& status) {
    status.connected = false;
    status.requests_in_flight = 0;
    status.last_seen_at = clock_.Wall();
  });
}

void RolloutTracker::Update(const Connection& connection,
                            const std::function<void(DataplaneStatus&)>& change) {
  std::vector<std::function<void()>> settled;
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(connection.id);
    if (it == entries_.end() || it->second.serial != connection.serial) return;
    change(it->second.status);
    settled = TakeSettled();
  }
  for (const auto& tell : settled) tell();
}

std::vector<DataplaneStatus> RolloutTracker::List() const {
  std::lock_guard lock(mutex_);
  WallTime now = clock_.Wall();
  std::vector<DataplaneStatus> list;
  for (const auto& [id, entry] : entries_) {
    bool recent = entry.status.connected || now - entry.status.last_seen_at < kListedAfterLeaving;
    if (recent) list.push_back(entry.status);
  }
  return list;
}

std::optional<DataplaneStatus> RolloutTracker::Get(const std::string& id) const {
  std::lock_guard lock(mutex_);
  auto it = entries_.find(id);
  if (it == entries_.end()) return std::nullopt;
  return it->second.status;
}

uint64_t RolloutTracker::WhenSettled(uint64_t revision, std::function<void()> settled) {
  uint64_t id = 0;
  {
    std::lock_guard lock(mutex_);
    id = ++last_serial_;
    if (!IsSettled(revision)) {
      waits_[id] = {revision, std::move(settled)};
      return id;
    }
  }
  settled();
  return id;
}

void RolloutTracker::Forget(uint64_t wait) {
  std::lock_guard lock(mutex_);
  waits_.erase(wait);
}

bool RolloutTracker::IsSettled(uint64_t revision) const {
  bool all_serve = true;
  for (const auto& [id, entry] : entries_) {
    if (!entry.status.connected) continue;
    if (entry.status.Refuses(revision)) return true;
    all_serve = all_serve && entry.status.Serves(revision);
  }
  return all_serve;
}

std::vector<std::function<void()>> RolloutTracker::TakeSettled() {
  std::vector<std::function<void()>> settled;
  for (auto it = waits_.begin(); it != waits_.end();) {
    if (IsSettled(it->second.revision)) {
      settled.push_back(std::move(it->second.settled));
      it = waits_.erase(it);
    } else {
      ++it;
    }
  }
  return settled;
}

void RolloutTracker::DropForgotten(WallTime now) {
  std::erase_if(entries_, [&](const auto& item) {
    const DataplaneStatus& status = item.second.status;
    return !status.connected && now - status.last_seen_at >= kListedAfterLeaving;
  });
}

}  // namespace llmgw::controlplane::push
