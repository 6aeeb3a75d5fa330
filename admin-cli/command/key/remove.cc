#include "admin-cli/command/key/remove.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {

using admin::v1::DeleteKeyRequest;
using admin::v1::KeyService;

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  TRY(Confirm(
      factory, options.yes,
      "Remove key " + options.name + "? Old logs will show only its id (revoke keeps it)."));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  DeleteKeyRequest request;
  request.set_id_or_name(options.name);
  TRY_ASSIGN(auto response, client->Call(&KeyService::Stub::DeleteKey, request));
  return ReportChange(factory, options.wait, response.revision(),
                      "key " + options.name + " removed",
                      Json{{"removed", options.name}, {"revision", response.revision()}});
}

void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run) {
  CLI::App* command =
      AddCommand(noun, "remove", "Forget a key (revoke is usually better: logs keep its name)",
                 "llmctl key remove my-app");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The key's name or id")->required();
  AddConfirmFlag(command, options->yes);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::key
