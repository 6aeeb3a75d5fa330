#pragma once

#include <string>
#include <string_view>

#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/retry_policy.h"
#include "dataplane/net/task.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// How one kind of upstream is spoken to. Stateless singletons, one file pair each and one line in
// registry.cc.
class Adapter {
 public:
  virtual ~Adapter() = default;

  // Kinds that are answered inside the dataplane implement Answer; the others are sent a request
  // with Target and CredentialLine.
  virtual bool local() const { return false; }

  // Path and query at the upstream.
  virtual void AppendTarget(std::string& out, const ForwardRequest& request,
                            const settings::UpstreamSettings& upstream) const = 0;

  // The header line, with CRLF, that carries the upstream's own credential.
  virtual void AppendCredentialLine(std::string& out, const SecretString& secret) const = 0;

  // REQUIRES: local(). Sends the whole response.
  virtual net::Task<AttemptEnd> Answer(ForwardRequest& request,
                                       const settings::UpstreamSettings& upstream) const;
};

const Adapter& AdapterFor(settings::UpstreamKind kind);

}  // namespace llmgw::forward
