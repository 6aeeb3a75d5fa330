#include "admin-cli/command/route/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::admin_cli::route {
namespace {

using admin::v1::ListRoutesRequest;
using admin::v1::RouteEntry;
using admin::v1::RouteService;

std::string OrElse(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

Cell AuthCell(const config::v1::Route& route) {
  if (route.auth() == "none") return Cell("none (open)", Tone::kWarn);
  return Cell(OrElse(route.auth(), "keys"));
}

}  // namespace

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  ListRoutesRequest request;
  request.set_name_contains(options.name_contains);
  Json entries = Json::array();
  Table table({"NAME", "PREFIX", "HOST", "UPSTREAMS", "AUTH", "LOG", "STATE", "CHANGED"});
  TRY(ForEachEntry(
      request, kEverything,
      [&](const auto& page) { return client->Call(&RouteService::Stub::ListRoutes, page); },
      [](auto& response) { return response.mutable_routes(); },
      [&](const RouteEntry& entry) {
        const auto& r = entry.route();
        table.Row({r.name(), r.prefix(), OrElse(r.host(), "any"),
                   OrElse(Joined(r.upstreams()), "all"), AuthCell(r),
                   OrElse(r.log_policy(), "metadata"),
                   r.disabled() ? Cell("disabled", Tone::kWarn) : Cell("enabled", Tone::kGood),
                   Age(entry.meta().updated_at(), factory.Now())});
        entries.push_back(ToDocument(entry));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"routes", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no routes; add one: llmctl route add default --prefix /v1");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "List routes", "llmctl route list");
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  command->add_option("--name-contains", options->name_contains, "Only names with this in them");
}

}  // namespace llmgw::admin_cli::route
