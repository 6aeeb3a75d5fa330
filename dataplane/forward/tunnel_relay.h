#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/relay.h"
#include "dataplane/forward/tunnel.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// An upstream has switched protocols as the client asked.
struct SwitchedConnection {
  UpstreamConnection connection;
  TunnelProtocol protocol;
  std::string head;                               // the 101 for the client, not sent yet
  std::string_view beginning;                     // what came behind the upstream's 101
  std::chrono::steady_clock::time_point started;  // of the attempt
  model::UpstreamPermit permit;
};

// A tunnel between a client and its upstream, with both ends and its place in the records. What
// `request` refers to outlives it.
class TunnelRelay final : public Relay {
 public:
  TunnelRelay(const ForwardRequest& request, const settings::UpstreamSettings& upstream,
              SwitchedConnection switched);

  net::Task<AttemptEnd> Run() override;
  tl::expected<void, model::Failure> Finish(AttemptEnd end) override;

 private:
  AttemptEnd EndOf(TunnelEnd end);
  model::AttemptRecord& attempt() { return record_.attempts.back(); }

  net::http1::ServerExchange& exchange_;
  model::RequestRecord& record_;
  const settings::UpstreamSettings& upstream_;
  const std::chrono::steady_clock::time_point started_;
  model::UpstreamPermit permit_;
  UpstreamConnection connection_;
  Tunnel tunnel_;  // last: between the ends above
};

}  // namespace llmgw::forward
