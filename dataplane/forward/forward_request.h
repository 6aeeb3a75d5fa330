#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dataplane/model/caller.h"
#include "dataplane/model/request_facts.h"
#include "dataplane/model/request_record.h"
#include "dataplane/model/route.h"
#include "dataplane/model/upstream_watch.h"
#include "dataplane/net/http1/server_exchange.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::net {
class TlsClientContext;
}

namespace llmgw::forward {

class Relay;

// TLS contexts by UpstreamSettings::pool_key, made when settings are applied. Immutable, shared by
// the workers.
using TlsContexts = std::unordered_map<std::string, std::shared_ptr<const net::TlsClientContext>>;

// Watches a response on its way to the client; what it learns is the recorder's business. Called on
// the request's worker, in order; must not wait. Bytes are valid during the call only.
class ResponseObserver {
 public:
  virtual ~ResponseObserver() = default;
  // Once, when the response is committed. `event_stream`: text/event-stream in plain (no content
  // coding).
  virtual void OnHead(int status, std::string_view content_type, bool event_stream,
                      bool content_coded) = 0;
  // Payload without framing, as it passes.
  virtual void OnPayload(std::string_view payload) = 0;
  // Something written now would be read as part of an unfinished event.
  virtual bool mid_event() const = 0;
  // The stream has not said that it is complete ("[DONE]" or the like), or failed.
  virtual bool unfinished() const = 0;
  // What the upstream said of the tokens it took, when that does not pass with the payload.
  virtual void OnUsage(const model::TokenUsage& /*usage*/) {}
  // After OnHead, instead of payload: the protocol was switched (101), and bytes pass both ways.
  virtual void OnTunnel() {}
  virtual void OnTunnelBytes(uint64_t /*from_client*/, uint64_t /*from_upstream*/) {}
};

// All that forwarding one request needs. References outlive the call. Lives in the pipeline's
// frame.
struct ForwardRequest {
  net::http1::ServerExchange& exchange;
  const model::Route& route;
  const model::Caller& caller;
  const model::RequestFacts& facts;
  const TlsContexts& tls;       // made for the settings that `route` points into
  model::UpstreamWatch& watch;  // the same
  // Where they lie is in `exchange.head()`: gone once the response is committed.
  std::string_view path;
  std::string_view query;  // with its '?', or empty
  // Header lines, each with CRLF, that every response to this client carries (request id, CORS).
  const std::string& extra_headers;
  // With CORS the upstream's own Access-Control headers are replaced.
  bool replace_cors;
  ResponseObserver& observer;
  model::RequestRecord& record;
  std::chrono::steady_clock::time_point started;
  // When the first upstream's turn came.
  std::chrono::steady_clock::time_point ready;
  // Set when a response is committed whose body is not whole yet, or when protocols were switched:
  // to be run by the caller.
  std::unique_ptr<Relay>& relay;
  // What `route` and `tls` are of, for who needs them after the request is over.
  const settings::SettingsPtr& keep_settings;
  const std::shared_ptr<const TlsContexts>& keep_tls;
  // The route's budget allowed no further attempt: none is asked for again.
  bool out_of_budget = false;
  // The model as the upstream whose turn it is calls it (its model map). Set by each attempt.
  std::string_view upstream_model{};
};

}  // namespace llmgw::forward
