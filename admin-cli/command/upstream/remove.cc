#include "admin-cli/command/upstream/remove.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {

using admin::v1::DeleteUpstreamRequest;
using admin::v1::UpstreamService;

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  TRY(Confirm(factory, options.yes, "Remove upstream " + options.name + " and its credentials?"));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  DeleteUpstreamRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(auto response, client->Call(&UpstreamService::Stub::DeleteUpstream, request));
  return ReportChange(factory, options.wait, response.revision(),
                      "upstream " + options.name + " removed",
                      Json{{"removed", options.name}, {"revision", response.revision()}});
}

void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run) {
  CLI::App* command =
      AddCommand(noun, "remove", "Remove an upstream; refused while a route or key names it",
                 "llmctl upstream remove openai");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The upstream")->required();
  AddConfirmFlag(command, options->yes);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::upstream
