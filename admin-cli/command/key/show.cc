#include "admin-cli/command/key/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/key/key_state.h"
#include "admin-cli/input/address_flags.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {
namespace {

using admin::v1::GetKeyRequest;
using admin::v1::KeyEntry;
using admin::v1::KeyService;

std::string OrAll(const std::string& names) { return names.empty() ? "all" : names; }

void PrintTable(const KeyEntry& entry, Factory& factory) {
  const auto& k = entry.key();
  FieldList fields;
  fields.Add("name", k.name());
  fields.Add("id", k.id());
  fields.Add("token", k.prefix() + "… (shown in full only when it was made)");
  fields.Add("state", StateOf(k, factory.Now()));
  if (k.has_expires_at()) {
    fields.Add("expires",
               LocalTime(k.expires_at()) + " (" + Age(k.expires_at(), factory.Now()) + ")");
  }
  fields.Add("levels", Joined(k.levels()));
  fields.Add("allow", k.allow().empty() ? "every model" : Joined(k.allow()));
  fields.Add("deny", Joined(k.deny()));
  fields.Add("routes", OrAll(Joined(k.routes())));
  fields.Add("upstreams", OrAll(Joined(k.upstreams())));
  AddAddressFields(k.addresses(), fields);
  fields.Add("log policy", k.log_policy().empty() ? "the route's" : k.log_policy());
  fields.Add("revision", std::to_string(entry.meta().revision()));
  fields.Add("created", LocalTime(entry.meta().created_at()));
  fields.Add("changed", LocalTime(entry.meta().updated_at()));
  fields.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetKeyRequest request;
  request.set_id_or_name(options.name);
  TRY_ASSIGN(KeyEntry entry, client->Call(&KeyService::Stub::GetKey, request));
  if (factory.WantsTable()) {
    PrintTable(entry, factory);
  } else {
    factory.Print(ToDocument(entry));
  }
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(noun, "show", "Show one key, without its token",
                                 "llmctl key show my-app\n"
                                 "llmctl key show key_abcdefghijklmnop -o yaml");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The key's name or id")->required();
}

}  // namespace llmgw::admin_cli::key
