#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/config_sync/config_applier.h"
#include "dataplane/model/upstream_health.h"

namespace llmgw::config_sync {

struct SubscriberOptions {
  // What Hello says of this dataplane.
  std::string dataplane_id;
  std::string version;
  std::string address;
  std::chrono::milliseconds heartbeat{10'000};
  // How often it looks whether there is news of the upstreams' health to tell.
  std::chrono::milliseconds health_interval{1'000};
  // Between tries while the controlplane is away, jittered.
  std::chrono::milliseconds first_backoff{200};
  std::chrono::milliseconds most_backoff{10'000};
};

// Keeps the stream to the controlplane open and takes what it sends: an update is acknowledged when
// every worker uses it, refused with the reason and the field when it is bad, and then the old one
// serves on. Tells what upstreams the dataplane leaves alone, whole, after each change. Tries again
// for ever when the stream breaks. Saves what was taken, when changes pause. Has one thread of its
// own, on which the applier is used until Stop() has returned.
class Subscriber {
 public:
  // Starts the thread, which asks for `requests_in_flight` for heartbeats and for `health`. The
  // applier and the status must outlive this.
  Subscriber(SubscriberOptions options, std::shared_ptr<grpc::Channel> channel,
             ConfigApplier& applier, ConfigStatus& status,
             std::function<uint64_t()> requests_in_flight,
             std::function<std::vector<model::UpstreamHealth>()> health);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Ends the stream and the thread, and saves what is unsaved. Idempotent.
  void Stop();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace llmgw::config_sync
