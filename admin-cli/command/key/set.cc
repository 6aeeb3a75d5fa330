#include "admin-cli/command/key/set.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {
namespace {

using admin::v1::GetKeyRequest;
using admin::v1::KeyEntry;
using admin::v1::KeyService;
using admin::v1::UpdateKeyRequest;

constexpr char kExamples[] =
    "llmctl key set my-app --allow 'gpt-4o*' --expires 90d\n"
    "llmctl key set my-app --name our-app\n"
    "llmctl key set my-app --expires never --clear routes\n"
    "llmctl key set my-app --enable                 # takes a revoke back";

// The key that is meant: by argument, else by the id or name in the file.
std::string WhichKey(const SetOptions& options, const config::v1::ClientKey& in_file) {
  if (!options.flags.name.empty()) return options.flags.name;
  return in_file.id().empty() ? in_file.name() : in_file.id();
}

Status StartFrom(const SetOptions& options, Factory& factory, AdminClient& client,
                 UpdateKeyRequest& request) {
  auto& key = *request.mutable_key();
  uint64_t revision = 0;
  if (!options.flags.file.empty()) {
    TRY_ASSIGN(revision, ReadResource(options.flags.file, factory.io().in, "key", key));
  }
  GetKeyRequest get;
  get.set_id_or_name(WhichKey(options, key));
  if (get.id_or_name().empty()) return Fail(InvalidArgument("NAME", "is missing"));
  TRY_ASSIGN(KeyEntry entry, client.Call(&KeyService::Stub::GetKey, get));
  if (!key.id().empty() && key.id() != entry.key().id()) {
    return Fail(InvalidArgument(
        "NAME", "is key " + entry.key().id() + ", but the file is about " + key.id()));
  }
  if (options.flags.file.empty()) key = entry.key();
  key.set_id(entry.key().id());
  request.set_expected_revision(revision != 0 ? revision : entry.meta().revision());
  return {};
}

}  // namespace

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory) {
  if (options.flags.empty()) {
    return Fail(InvalidArgument(
        "", "nothing to change: name at least one field, or -f FILE; see `llmctl key set --help`"));
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  UpdateKeyRequest request;
  TRY(StartFrom(options, factory, *client, request));
  TRY(ApplyKeyFlags(options.flags, factory.Now(), *request.mutable_key()));
  auto entry = client->Call(&KeyService::Stub::UpdateKey, request);
  if (!entry) {
    return Fail(ExplainConflict(entry.error(), "key " + request.key().name(), options.flags.file));
  }
  return ReportChange(factory, options.wait, entry->meta().revision(),
                      "key " + entry->key().name() + " changed", ToDocument(*entry));
}

void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run) {
  CLI::App* command =
      AddCommand(noun, "set", "Change fields of a key; what is not named stays", kExamples);
  auto options = SelectInto<SetOptions>(command, context, std::move(run));
  command->add_option("NAME", options->flags.name, "The key's name or id");
  options->flags.edits.Text(command, "--name", "name", "A new name")->type_name("NAME");
  AddKeyFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::key
