#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/model/upstream_watch.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// What a worker has seen of one credential.
struct CredentialState {
  uint64_t fingerprint = 0;  // of its secret: a new one under the same id starts afresh
};

// What a worker has seen of one upstream. Shared by the tables of settings that follow each other.
struct UpstreamState {
  uint32_t pending = 0;  // requests under way
  uint32_t next_credential = 0;
};

// What one worker has seen of the upstreams of one set of settings, by their index. Requests that
// began under earlier settings hold the table of those; both count in the same states. Worker
// thread only.
class UpstreamTable final : public model::UpstreamWatch {
 public:
  // `before` (or null) is the table in use until now: what it knows of upstreams and credentials
  // that are still there, by name and id, is kept.
  UpstreamTable(const settings::RuntimeSettings& settings, const UpstreamTable* before);

  size_t PickCredential(const settings::UpstreamSettings& upstream, const model::Caller& caller,
                        MonotonicTime now) override;
  bool HasOtherCredential(const settings::UpstreamSettings& upstream, const model::Caller& caller,
                          size_t credential, MonotonicTime now) override;
  void Answered(const settings::UpstreamSettings& upstream,
                const model::UpstreamAnswer& answer) override;

  const UpstreamState& state(const settings::UpstreamSettings& upstream) const {
    return *entries_[upstream.index].state;
  }

 private:
  struct Entry {
    std::string name;
    std::shared_ptr<UpstreamState> state;
    std::vector<std::string> credential_ids;
    std::vector<std::shared_ptr<CredentialState>> credentials;
  };

  void Began(const settings::UpstreamSettings& upstream) override {
    ++entries_[upstream.index].state->pending;
  }
  void Ended(const settings::UpstreamSettings& upstream) override {
    --entries_[upstream.index].state->pending;
  }

  std::vector<Entry> entries_;
};

}  // namespace llmgw::route
