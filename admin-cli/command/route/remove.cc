#include "admin-cli/command/route/remove.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::admin_cli::route {

using admin::v1::DeleteRouteRequest;
using admin::v1::RouteService;

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  TRY(Confirm(factory, options.yes, "Remove route " + options.name + "?"));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  DeleteRouteRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(auto response, client->Call(&RouteService::Stub::DeleteRoute, request));
  return ReportChange(factory, options.wait, response.revision(),
                      "route " + options.name + " removed",
                      Json{{"removed", options.name}, {"revision", response.revision()}});
}

void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run) {
  CLI::App* command = AddCommand(noun, "remove", "Remove a route; refused while a key names it",
                                 "llmctl route remove chat");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The route")->required();
  AddConfirmFlag(command, options->yes);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::route
