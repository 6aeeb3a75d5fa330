#include "admin-cli/command/key/revoke.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {

using admin::v1::KeyService;
using admin::v1::RevokeKeyRequest;

// No question before it: somebody who revokes a leaked key is in a hurry, and `key set --enable`
// takes it back.
Result<ExitCode> RunRevoke(const RevokeOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  RevokeKeyRequest request;
  request.set_id_or_name(options.name);
  TRY_ASSIGN(auto entry, client->Call(&KeyService::Stub::RevokeKey, request));
  return ReportChange(factory, options.wait, entry.meta().revision(),
                      "key " + entry.key().name() + " revoked", ToDocument(entry));
}

void BuildRevoke(CLI::App& noun, CommandContext context, Runner<RevokeOptions> run) {
  CLI::App* command =
      AddCommand(noun, "revoke",
                 "Refuse a key from now on; it stays listed, so that old logs keep their names",
                 "llmctl key revoke my-app");
  auto options = SelectInto<RevokeOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The key's name or id")->required();
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::key
