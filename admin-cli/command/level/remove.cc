#include "admin-cli/command/level/remove.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::admin_cli::level {

using admin::v1::DeleteLevelRequest;
using admin::v1::LevelService;

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  TRY(Confirm(factory, options.yes, "Remove level " + options.name + "?"));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  DeleteLevelRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(auto response, client->Call(&LevelService::Stub::DeleteLevel, request));
  return ReportChange(factory, options.wait, response.revision(),
                      "level " + options.name + " removed",
                      Json{{"removed", options.name}, {"revision", response.revision()}});
}

void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run) {
  CLI::App* command =
      AddCommand(noun, "remove", "Remove a level; refused while a key or a credential names it",
                 "llmctl level remove basic");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The level")->required();
  AddConfirmFlag(command, options->yes);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::level
