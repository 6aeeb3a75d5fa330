#include "admin-cli/command/upstream/health.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {
namespace {

using admin::v1::GetUpstreamHealthRequest;
using admin::v1::GetUpstreamHealthResponse;
using admin::v1::UpstreamService;
using config::v1::UpstreamHealth;

Tone ToneOf(const std::string& state) {
  return state == "ejected" || state == "check_failed" ? Tone::kBad : Tone::kWarn;
}

void PrintTable(const GetUpstreamHealthResponse& response, Factory& factory) {
  Table table({"DATAPLANE", "UPSTREAM", "MODEL", "CREDENTIAL", "STATE", "SINCE", "UNTIL",
               "EJECTIONS", "CAUSE"});
  for (const auto& dataplane : response.dataplanes()) {
    for (const UpstreamHealth& entry : dataplane.upstreams()) {
      table.Row({dataplane.dataplane_id(), entry.upstream(), entry.model(), entry.credential_id(),
                 Cell(entry.state(), ToneOf(entry.state())), Age(entry.since(), factory.Now()),
                 entry.has_until() ? Age(entry.until(), factory.Now()) : "",
                 entry.ejections() == 0 ? "" : std::to_string(entry.ejections()), entry.cause()});
    }
  }
  table.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunHealth(const HealthOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetUpstreamHealthRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(GetUpstreamHealthResponse response,
             client->Call(&UpstreamService::Stub::GetUpstreamHealth, request));
  int left_alone = 0;
  for (const auto& dataplane : response.dataplanes()) left_alone += dataplane.upstreams_size();
  if (!factory.WantsTable()) {
    factory.Print(ToDocument(response));
  } else if (left_alone > 0) {
    PrintTable(response, factory);
  } else if (response.dataplanes().empty()) {
    factory.Note("no dataplane is connected");
  } else {
    factory.Note((options.name.empty() ? "every upstream" : options.name) + " is healthy for " +
                 Counted(static_cast<uint64_t>(response.dataplanes_size()), "dataplane"));
  }
  return left_alone == 0 ? ExitCode::kOk : ExitCode::kDegraded;
}

void BuildHealth(CLI::App& noun, CommandContext context, Runner<HealthOptions> run) {
  CLI::App* command = AddCommand(
      noun, "health",
      "What the connected dataplanes leave alone because it failed: whole upstreams, models, "
      "credentials. Exit code 0 if nothing, 8 if something",
      "llmctl upstream health\n"
      "llmctl upstream health openai -o json");
  auto options = SelectInto<HealthOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "Only this upstream");
}

}  // namespace llmgw::admin_cli::upstream
