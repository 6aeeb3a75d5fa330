#include "admin-cli/command/dataplane/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/command/dataplane/dataplane_state.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::dataplane {

using admin::v1::Dataplane;
using admin::v1::DataplaneService;
using admin::v1::ListDataplanesRequest;
using admin::v1::ListDataplanesResponse;

Result<ExitCode> RunList(const ListOptions&, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  std::vector<Dataplane> all;
  uint64_t current = 0;
  TRY(ForEachEntry(
      ListDataplanesRequest(), kEverything,
      [&](const auto& page) { return client->Call(&DataplaneService::Stub::ListDataplanes, page); },
      [&](ListDataplanesResponse& response) {
        current = response.current_revision();
        return response.mutable_dataplanes();
      },
      [&](Dataplane dataplane) {
        all.push_back(std::move(dataplane));
        return true;
      }));
  if (!factory.WantsTable()) {
    Json entries = Json::array();
    for (const Dataplane& d : all) entries.push_back(ToDocument(d));
    factory.Print(Json{{"dataplanes", std::move(entries)}, {"current_revision", current}});
    return ExitCode::kOk;
  }
  if (all.empty()) {
    factory.Note("no dataplane has connected yet");
    return ExitCode::kOk;
  }
  Table table({"ID", "VERSION", "ADDRESS", "STATE", "REVISION", "IN FLIGHT", "UP SINCE", "SEEN",
               "REFUSED BECAUSE"});
  for (const Dataplane& d : all) {
    table.Row({d.id(), d.version(), d.address(), StateOf(d, current),
               std::to_string(d.acked_revision()) + "/" + std::to_string(current),
               std::to_string(d.requests_in_flight()), Age(d.started_at(), factory.Now()),
               Age(d.last_seen_at(), factory.Now()), NackText(d)});
  }
  table.Print(factory.io().out, factory.io().color);
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(
      noun, "list", "Dataplanes, and which revision of the configuration each serves with",
      "llmctl dataplane list");
  SelectInto<ListOptions>(command, context, std::move(run));
}

}  // namespace llmgw::admin_cli::dataplane
