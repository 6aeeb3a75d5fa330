#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/net/task.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// What one attempt gives to a kind that answers by itself. References outlive the answer.
struct AnswerJob {
  ForwardRequest& request;
  const settings::UpstreamSettings& upstream;
  WorkerState& worker;
  const SecretString* secret;  // of the credential that was chosen; null: none is stored
  model::AttemptRecord& record;
  bool may_go_on;  // another candidate would take over, if GivesUp() or TakeRetry() allows it
  bool other_credential;  // the same for another credential of this upstream
  net::LoopTime total_deadline;
  std::chrono::steady_clock::time_point started;
  // For who leaves the rest of an answer to a Relay, which then holds it.
  model::UpstreamPermit& permit;
  size_t credential;  // index of the chosen one
  // To be set where the upstream says how long it wants to be left alone.
  std::optional<std::chrono::milliseconds>& retry_after;
  bool& refused_credential;  // GivesUp() sets it
  // To be set when the answer is the gateway's own: it says nothing about the upstream.
  bool& nothing_asked;
};

// How one kind of upstream is spoken to. Stateless singletons, one file pair each and one line in
// registry.cc. Most kinds are sent the client's request, with another target and some header lines
// of their own, and their answer's bytes are relayed; a kind that needs more than one exchange, or
// none, answers by itself.
class Adapter {
 public:
  virtual ~Adapter() = default;

  // Why this kind can't take the request, before anything is sent; nothing when it can. The
  // request then goes to the next candidate, whatever retry_on says.
  virtual std::optional<AttemptEnd> Refuses(const ForwardRequest& request,
                                            const settings::UpstreamSettings& upstream) const;

  // Path and query at the upstream.
  virtual void AppendTarget(std::string& out, const ForwardRequest& request,
                            const settings::UpstreamSettings& upstream) const = 0;

  // Header lines, each with CRLF, that the upstream gets besides the client's: its credential (null
  // when none is stored), and defaults for what the client did not say.
  virtual void AppendHeaders(std::string& out, const ForwardRequest& request,
                             const settings::UpstreamSettings& upstream,
                             const SecretString* secret) const = 0;

  // The kind implements Answer; the two above are not called.
  virtual bool answers() const { return false; }

  // REQUIRES: answers(). Sends the whole response. Until exchange.MarkCommitted() it may fail so
  // that the next candidate is tried; fills record.status and what it knows of `job.record`.
  virtual net::Task<AttemptEnd> Answer(AnswerJob job) const;
};

const Adapter& AdapterFor(settings::UpstreamKind kind);

// ---- for adapters

// The client's first header of this name, in any case; null when it has none.
const net::http1::HeaderView* ClientHeader(const ForwardRequest& request, std::string_view name);

// name: value CRLF
void AppendHeader(std::string& out, std::string_view name, std::string_view value);

// The request's path without the route's prefix: "/chat/completions". A version segment that the
// prefix did not have is dropped too.
std::string_view PathBelowVersion(const ForwardRequest& request);

// Whether an answer with `status` is given up (kRefused), as a relayed one would be: the route's
// retry_on names it, and the next candidate or another credential takes over. job.record.first_byte
// is set.
bool GivesUp(const AnswerJob& job, int status);

// "x-llmgw-unsupported: a, b": names of fields or paths that the target has no place for, which the
// client is told in a response header. Nothing for no names. They may come from outside: what can't
// stand in a header is replaced.
void AppendUnsupported(std::string& out, const std::vector<std::string>& names);

}  // namespace llmgw::forward
