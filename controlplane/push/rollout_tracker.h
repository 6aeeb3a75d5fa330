#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "controlplane/push/session.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::push {

// What is known of one dataplane.
struct DataplaneStatus {
  std::string id;
  std::string version;
  std::string address;  // where clients reach it
  std::string peer;     // where its stream comes from
  bool connected = false;
  uint64_t sent_revision = 0;
  uint64_t acked_revision = 0;
  uint64_t nacked_revision = 0;  // 0 unless its last answer is a nack
  bool refused = false;          // that nack is its last word (Answer::last_word)
  std::string nack_reason;
  std::string nack_field;
  WallTime started_at;
  WallTime connected_at;
  WallTime last_seen_at;
  uint64_t requests_in_flight = 0;

  bool Serves(uint64_t revision) const {
    return nacked_revision == 0 && acked_revision >= revision;
  }
  bool Refuses(uint64_t revision) const { return refused && nacked_revision >= revision; }
};

// Which dataplanes there are and what they serve with. Those that left stay listed for 24 h. In
// memory: each controlplane knows the dataplanes of its own streams. Safe for concurrent use;
// callbacks run on the thread of the event, without a lock held.
class RolloutTracker {
 public:
  // One stream of one dataplane; events of a stream that was replaced by a newer one of the same
  // dataplane are ignored.
  struct Connection {
    std::string id;
    uint64_t serial = 0;
  };

  // `clock` must outlive this.
  explicit RolloutTracker(const Clock& clock) : clock_(clock) {}

  // Revisions count anew from here: forgets what was answered to updates of earlier epochs
  // (store::ConfigState::epoch), and takes no notice of such answers that still come. An epoch that
  // is known changes nothing.
  void StartEpoch(uint64_t epoch);

  Connection Connected(const config::v1::Hello& hello, const std::string& peer);
  void Sent(const Connection& connection, uint64_t revision);
  void Answered(const Connection& connection, const Answer& answer, const std::string& reason,
                const std::string& field);
  void Seen(const Connection& connection, const config::v1::Heartbeat& heartbeat);
  void Disconnected(const Connection& connection);

  // By id.
  std::vector<DataplaneStatus> List() const;
  std::optional<DataplaneStatus> Get(const std::string& id) const;

  // Calls `settled` once, as soon as every connected dataplane serves `revision` or a later one, or
  // one refuses it; perhaps before this returns. Returns what Forget takes.
  uint64_t WhenSettled(uint64_t revision, std::function<void()> settled);
  // Afterwards `settled` is not started any more (one that is running may still be).
  void Forget(uint64_t wait);

 private:
  struct Entry {
    DataplaneStatus status;
    uint64_t serial = 0;
  };
  struct Wait {
    uint64_t revision = 0;
    std::function<void()> settled;
  };

  // Runs `change` on the connection's entry if it is the current one, then tells the waits that
  // this settled.
  void Update(const Connection& connection, const std::function<void(DataplaneStatus&)>& change);
  bool IsSettled(uint64_t revision) const;           // REQUIRES: mutex_ held
  std::vector<std::function<void()>> TakeSettled();  // REQUIRES: mutex_ held
  void DropForgotten(WallTime now);                  // REQUIRES: mutex_ held
  void FollowEpoch(uint64_t epoch);                  // REQUIRES: mutex_ held

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // guarded by mutex_
  std::map<uint64_t, Wait> waits_;        // guarded by mutex_
  uint64_t last_serial_ = 0;              // guarded by mutex_; of connections and waits
  uint64_t epoch_ = 0;                    // guarded by mutex_
};

}  // namespace llmgw::controlplane::push
