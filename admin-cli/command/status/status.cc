#include "admin-cli/command/status/status.h"

#include <google/protobuf/util/time_util.h>

#include <optional>
#include <set>

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/dataplane/dataplane_state.h"
#include "admin-cli/input/time.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::status {
namespace {

using admin::v1::Dataplane;
using admin::v1::DataplaneService;
using admin::v1::GetStatusRequest;
using admin::v1::GetStatusResponse;
using admin::v1::ListDataplanesRequest;
using admin::v1::ListDataplanesResponse;
using admin::v1::ListLogsRequest;
using admin::v1::LogService;
using admin::v1::StatusService;
using admin::v1::WaitForRolloutRequest;

// A change may be on its way this very moment; that is not a fault.
constexpr int kRolloutGraceSeconds = 2;
constexpr char kRecent[] = "5m";
constexpr uint32_t kMostCounted = 1000;

// Requests of the last minutes that failed without the client's fault.
struct RecentFailures {
  size_t upstream = 0;
  size_t gateway = 0;
};

struct Picture {
  GetStatusResponse status;
  ListDataplanesResponse dataplanes;
  std::optional<RecentFailures> failures;           // unknown when logs can't be read
  std::optional<std::set<std::string>> left_alone;  // upstreams of which something is; or unknown
  std::vector<std::string> problems;                // each with what to do
};

Result<size_t> CountFault(AdminClient& client, const std::string& fault, WallTime now) {
  ListLogsRequest request;
  TRY_ASSIGN(*request.mutable_filter()->mutable_since(), ParsePast(kRecent, now));
  request.mutable_filter()->set_fault(fault);
  request.mutable_page()->set_page_size(kMostCounted);
  TRY_ASSIGN(auto response, client.Call(&LogService::Stub::ListLogs, request));
  return static_cast<size_t>(response.records_size());
}

// Waits a moment for dataplanes that are only behind, then looks.
Result<ListDataplanesResponse> SettledDataplanes(AdminClient& client, uint64_t revision) {
  WaitForRolloutRequest wait;
  wait.set_revision(revision);
  wait.mutable_timeout()->set_seconds(kRolloutGraceSeconds);
  // What comes out of it is in the list below.
  (void)client.Call(&DataplaneService::Stub::WaitForRollout, wait);
  ListDataplanesRequest request;
  request.mutable_page()->set_page_size(1000);
  return client.Call(&DataplaneService::Stub::ListDataplanes, request);
}

Result<std::set<std::string>> LeftAlone(AdminClient& client) {
  TRY_ASSIGN(auto health, client.Call(&admin::v1::UpstreamService::Stub::GetUpstreamHealth,
                                      admin::v1::GetUpstreamHealthRequest()));
  std::set<std::string> names;
  for (const auto& dataplane : health.dataplanes()) {
    for (const auto& entry : dataplane.upstreams()) names.insert(entry.upstream());
  }
  return names;
}

std::string LeftAloneText(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text + " (llmctl upstream health)";
}

void FindProblems(Picture& picture) {
  const auto& status = picture.status;
  auto& problems = picture.problems;
  if (!status.store_ok()) {
    problems.push_back("the store (" + status.store_kind() + ") does not answer: " +
                       status.store_error() + "; dataplanes serve on, changes and logs wait");
  }
  size_t connected = 0;
  for (const Dataplane& d : picture.dataplanes.dataplanes()) {
    if (!d.connected()) continue;
    ++connected;
    if (d.nacked_revision() != 0) {
      problems.push_back("dataplane " + d.id() +
                         " refuses the configuration: " + dataplane::NackText(d) +
                         "; it serves on with revision " + std::to_string(d.acked_revision()));
    } else if (d.acked_revision() < picture.dataplanes.current_revision()) {
      problems.push_back("dataplane " + d.id() + " is behind: it serves with revision " +
                         std::to_string(d.acked_revision()) + " of " +
                         std::to_string(picture.dataplanes.current_revision()) +
                         "; see `llmctl dataplane show " + d.id() + "`");
    }
  }
  if (connected == 0) {
    problems.emplace_back(
        "no dataplane is connected: start llmgw-dataplane with --controlplane and "
        "its token file");
  }
  if (picture.left_alone && !picture.left_alone->empty()) {
    problems.push_back("failing and left alone: " + LeftAloneText(*picture.left_alone));
  }
  if (status.upstreams() == 0) {
    problems.emplace_back("there is no upstream: `llmctl upstream add --help`");
  }
  if (status.routes() == 0) {
    problems.emplace_back("there is no route: `llmctl route add default --prefix /v1`");
  }
}

Result<Picture> Look(AdminClient& client, WallTime now) {
  Picture picture;
  TRY_ASSIGN(picture.status, client.Call(&StatusService::Stub::GetStatus, GetStatusRequest()));
  TRY_ASSIGN(picture.dataplanes, SettledDataplanes(client, picture.status.revision()));
  auto upstream = CountFault(client, "upstream", now);
  auto gateway = CountFault(client, "gateway", now);
  if (upstream && gateway) picture.failures = RecentFailures{*upstream, *gateway};
  if (auto left_alone = LeftAlone(client)) picture.left_alone = std::move(*left_alone);
  FindProblems(picture);
  return picture;
}

std::string FailuresText(size_t count, const char* fault) {
  const std::string number =
      count >= kMostCounted ? std::to_string(kMostCounted) + " or more" : std::to_string(count);
  return number + " by the " + fault + " (llmctl logs list --since " + kRecent + " --fault " +
         fault + ")";
}

size_t Connected(const Picture& picture) {
  size_t count = 0;
  for (const Dataplane& d : picture.dataplanes.dataplanes()) count += d.connected() ? 1 : 0;
  return count;
}

void PrintScreen(const Picture& picture, Factory& factory) {
  IoStreams& io = factory.io();
  const auto& s = picture.status;
  const bool well = picture.problems.empty();
  io.out << Colored(well ? "All is well." : "Needs attention:", well ? Tone::kGood : Tone::kBad,
                    io.color)
         << '\n';
  for (const std::string& problem : picture.problems) io.out << "  - " << SafeText(problem) << '\n';
  io.out << '\n';

  FieldList fields;
  fields.Add("controlplane", s.version() + ", started " + Age(s.started_at(), factory.Now()));
  fields.Add("store", s.store_kind() + (s.store_ok() ? "" : ", not answering"));
  fields.Add("revision", std::to_string(s.revision()));
  fields.Add("configured", Counted(s.upstreams(), "upstream") + ", " +
                               Counted(s.routes(), "route") + ", " + Counted(s.keys(), "key"));
  fields.Add("dataplanes", std::to_string(Connected(picture)) + " connected");
  for (const Dataplane& d : picture.dataplanes.dataplanes()) {
    const Cell state = dataplane::StateOf(d, picture.dataplanes.current_revision());
    fields.Add("  " + d.id(), Cell(state.text + ", revision " + std::to_string(d.acked_revision()) +
                                       ", " + std::to_string(d.requests_in_flight()) +
                                       " in flight, seen " + Age(d.last_seen_at(), factory.Now()),
                                   state.tone));
  }
  if (picture.left_alone && !picture.left_alone->empty()) {
    fields.Add("failing", Cell(LeftAloneText(*picture.left_alone), Tone::kWarn));
  }
  fields.Add("records stored", std::to_string(s.records_stored()));
  if (picture.failures) {
    const auto& f = *picture.failures;
    if (f.upstream == 0 && f.gateway == 0) fields.Add("recent failures", "none");
    if (f.upstream != 0) {
      fields.Add("recent failures", Cell(FailuresText(f.upstream, "upstream"), Tone::kWarn));
    }
    if (f.gateway != 0) {
      fields.Add("recent failures", Cell(FailuresText(f.gateway, "gateway"), Tone::kBad));
    }
  }
  for (const std::string& warning : s.warnings()) fields.Add("note", Cell(warning, Tone::kWarn));
  fields.Print(io.out, io.color);
}

Json ToStatusDocument(const Picture& picture) {
  Json document{{"healthy", picture.problems.empty()}, {"problems", picture.problems}};
  document["status"] = ToDocument(picture.status);
  document["dataplanes"] = ToDocument(picture.dataplanes)["dataplanes"];
  if (picture.left_alone) document["upstreams_failing"] = *picture.left_alone;
  if (picture.failures) {
    document["recent_failures"] = {{"window", kRecent},
                                   {"upstream", picture.failures->upstream},
                                   {"gateway", picture.failures->gateway}};
  }
  return document;
}

}  // namespace

Result<ExitCode> RunStatus(const StatusOptions&, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(const Picture picture, Look(*client, factory.Now()));
  if (factory.WantsTable()) {
    PrintScreen(picture, factory);
  } else {
    factory.Print(ToStatusDocument(picture));
  }
  return picture.problems.empty() ? ExitCode::kOk : ExitCode::kDegraded;
}

void Build(CLI::App& root, CommandContext context, Runner<StatusOptions> run) {
  CLI::App* command = AddCommand(root, "status", "Is all well? Exit code 0 if so, 8 if not",
                                 "llmctl status\n"
                                 "llmctl status -q -o json | jq -r '.problems[]'");
  SelectInto<StatusOptions>(command, context, std::move(run));
}

}  // namespace llmgw::admin_cli::status
