#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "controlplane/snapshot/publisher.h"
#include "controlplane/store/config_store.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::push {

// One thing to send.
struct Update {
  uint64_t revision = 0;
  std::string nonce;
  std::shared_ptr<const std::string> payload;  // snapshot::Payload::bytes
  bool full = false;
};

// What a dataplane answered an update with.
struct Answer {
  uint64_t revision = 0;
  bool accepted = false;
  // A refusal of a delta is followed by a full snapshot, so only the refusal of a snapshot is the
  // last word on a revision.
  bool last_word = false;
  uint64_t epoch = 0;  // store::ConfigState::epoch of the update
};

// What to send on one stream, without the stream: at most one update is waiting for its answer,
// changes made meanwhile are folded into the next one. The first update is a full snapshot, and so
// is the one after a refusal and the one after the database was set back; the others are deltas
// from what was acknowledged. A snapshot that was refused is not sent again: the next one waits for
// a newer state. Not thread-safe.
class Session {
 public:
  // `publisher` must outlive this.
  explicit Session(snapshot::Publisher& publisher) : publisher_(publisher) {}

  // The next update, or nothing to send now. Errors: those of Publisher; asking again later may
  // help.
  Result<std::optional<Update>> Next();

  // kInvalidArgument when it answers nothing that was sent: the dataplane does not keep to the
  // protocol.
  Result<Answer> OnAck(const config::v1::Ack& ack);
  Result<Answer> OnNack(const config::v1::Nack& nack);

 private:
  struct InFlight {
    std::string nonce;
    std::shared_ptr<const store::ConfigState> state;
    bool full = false;
  };

  Result<InFlight> TakeAnswered(const std::string& nonce, uint64_t revision);

  snapshot::Publisher& publisher_;
  std::shared_ptr<const store::ConfigState>
      held_;  // what the dataplane has; null: unknown, so send all
  std::optional<InFlight> in_flight_;
  std::shared_ptr<const store::ConfigState> refused_;  // whose snapshot was refused last
  uint64_t last_nonce_ = 0;
};

}  // namespace llmgw::controlplane::push
