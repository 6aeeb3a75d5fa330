#include "admin-cli/command/key/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/command/key/key_state.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {

using admin::v1::KeyEntry;
using admin::v1::KeyService;
using admin::v1::ListKeysRequest;

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  ListKeysRequest request;
  request.set_name_contains(options.name_contains);
  request.set_token_prefix(options.token_prefix);
  Json entries = Json::array();
  Table table({"NAME", "ID", "TOKEN", "STATE", "EXPIRES", "ALLOW", "DENY", "ROUTES", "CREATED"});
  TRY(ForEachEntry(
      request, kEverything,
      [&](const auto& page) { return client->Call(&KeyService::Stub::ListKeys, page); },
      [](auto& response) { return response.mutable_keys(); },
      [&](const KeyEntry& entry) {
        const auto& k = entry.key();
        table.Row({k.name(), k.id(), k.prefix().empty() ? "" : k.prefix() + "…",
                   StateOf(k, factory.Now()), Age(k.expires_at(), factory.Now()), Joined(k.allow()),
                   Joined(k.deny()), Joined(k.routes()),
                   Age(entry.meta().created_at(), factory.Now())});
        entries.push_back(ToDocument(entry));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"keys", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no keys; make one: llmctl key create NAME");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "List client keys",
                                 "llmctl key list\n"
                                 "llmctl key list --token-prefix sk-llmgw-ab");
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  command->add_option("--name-contains", options->name_contains, "Only names with this in them");
  command->add_option("--token-prefix", options->token_prefix,
                      "Only tokens that begin like this (a few characters are enough)");
}

}  // namespace llmgw::admin_cli::key
