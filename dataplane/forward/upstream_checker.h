#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/net/resolver.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// Active health checks: asks each upstream that has a `health.check_path` at its intervals, with
// its TLS settings and its first credential, each time on a connection of its own. Works on a
// thread of its own, so that a worker's requests never wait for it; the thread starts with the
// first upstream that is to be checked. Safe for concurrent use.
class UpstreamChecker {
 public:
  // An upstream's checks fail from now on, because of `cause` (a slug as in attempt records, or
  // "status 503"); empty: no longer. Called on the checker's thread; must not wait.
  using Changed = std::function<void(const std::string& upstream, const std::string& cause)>;

  // Fails when the process is out of descriptors.
  static Result<std::unique_ptr<UpstreamChecker>> Make(net::Resolver& resolver, Changed changed);
  // REQUIRES: stopped, and the resolver is gone: its answers are posted to the checker's loop.
  virtual ~UpstreamChecker() = default;

  // What to check from now on. An upstream whose rules are the same is checked on as it was.
  virtual void Use(settings::SettingsPtr settings, std::shared_ptr<const TlsContexts> tls) = 0;

  // Ends the checks and the thread. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace llmgw::forward
