#include "admin-cli/command/change/rollout.h"

#include <google/protobuf/util/time_util.h>

#include "admin-cli/app/command.h"
#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "common/daemon/units.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::Dataplane;
using admin::v1::DataplaneService;
using admin::v1::WaitForRolloutRequest;
using admin::v1::WaitForRolloutResponse;

// The controlplane answers at its own bound; the call gets this much longer to carry the answer.
constexpr std::chrono::seconds kGrace{5};

// Ctrl-C ends the waiting, not the command: what was made (a token, perhaps) must still be printed.
Result<WaitForRolloutResponse> Wait(Factory& factory, const WaitOptions& options,
                                    uint64_t revision) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  WaitForRolloutRequest request;
  request.set_revision(revision);
  *request.mutable_timeout() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(options.timeout.count());
  DataplaneService::Stub stub(client->channel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + options.timeout + kGrace);
  client->Prepare(context);
  WaitForRolloutResponse response;
  grpc::Status status;
  {
    Interrupts::Scope scope(factory.interrupts(), [&context] { context.TryCancel(); });
    status = stub.WaitForRollout(&context, request, &response);
  }
  if (factory.interrupts().triggered()) return Fail(Unavailable("interrupted while waiting"));
  if (!status.ok()) return Fail(client->Explain(status, context));
  return response;
}

std::string WhyNot(const Dataplane& dataplane, uint64_t revision, const WaitOptions& options) {
  const std::string who = "dataplane " + dataplane.id();
  if (dataplane.nacked_revision() != 0) {
    const std::string field = dataplane.nack_field().empty() ? "" : dataplane.nack_field() + ": ";
    return who + " refused revision " + std::to_string(dataplane.nacked_revision()) + ": " + field +
           dataplane.nack_reason();
  }
  return who + " has not acknowledged revision " + std::to_string(revision) + " within " +
         daemon::FormatDuration(options.timeout) + "; it serves with revision " +
         std::to_string(dataplane.acked_revision());
}

std::string Live(uint32_t connected) { return "live in " + Counted(connected, "dataplane"); }

}  // namespace

void AddWaitFlags(CLI::App* command, WaitOptions& options) {
  command
      ->add_flag("--wait,!--no-wait", options.wait,
                 "Return when the change is live in every connected dataplane (the default)")
      ->group("Waiting");
  AddSpan(command, "--wait-timeout", options.timeout,
          "How long to wait for it, at most 5m (default 10s)")
      ->group("Waiting");
}

ExitCode ReportChange(Factory& factory, const WaitOptions& options, uint64_t revision,
                      const std::string& sentence, Json document) {
  IoStreams& io = factory.io();
  std::string line = sentence + " (revision " + std::to_string(revision) + ")";
  Result<WaitForRolloutResponse> rollout = WaitForRolloutResponse();
  if (options.wait) rollout = Wait(factory, options, revision);
  const bool live = options.wait && rollout && rollout->complete() && rollout->connected() > 0;
  if (live) line += ", " + Live(rollout->connected());

  if (!factory.WantsTable()) {
    if (options.wait && rollout) document["rollout"] = ToDocument(*rollout);
    factory.Print(document);
  } else if (!factory.globals().quiet) {
    io.out << SafeText(line) << std::endl;
  }
  if (!options.wait || live) return ExitCode::kOk;

  if (!rollout) {
    io.err << "llmctl: the change is stored as revision " << revision
           << ", but whether it is live could not be seen: "
           << SafeText(rollout.error().Describe(), Lines::kKeep) << std::endl;
    return ExitCode::kNotLive;
  }
  if (rollout->connected() == 0) {
    factory.Note("no dataplane is connected; the change is stored and reaches each as it connects");
    return ExitCode::kOk;
  }
  io.err << "llmctl: the change is stored as revision " << revision
         << ", but not live everywhere:\n";
  for (const Dataplane& dataplane : rollout->lagging()) {
    io.err << "  " << SafeText(WhyNot(dataplane, revision, options)) << '\n';
  }
  io.err << "A dataplane that refuses keeps serving with what it had. See `llmctl dataplane list`."
         << std::endl;
  return ExitCode::kNotLive;
}

Error ExplainConflict(Error error, const std::string& what, const std::string& file) {
  if (error.kind != ErrorKind::kConflict) return error;
  // The controlplane says the same in terms of revisions; the next step depends on where the change
  // came from.
  error.message = "somebody else changed " + what + " since ";
  error.message += file.empty() ? "it was read; nothing was overwritten. Repeat the command."
                                : file +
                                      " was written; nothing was overwritten.\nShow it again and "
                                      "repeat your edit, or take `meta` out of the file to "
                                      "replace whatever is there now.";
  return error;
}

}  // namespace llmgw::admin_cli
