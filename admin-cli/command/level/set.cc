#include "admin-cli/command/level/set.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::admin_cli::level {
namespace {

using admin::v1::GetLevelRequest;
using admin::v1::LevelEntry;
using admin::v1::LevelService;
using admin::v1::UpdateLevelRequest;

constexpr char kExamples[] =
    "llmctl level set basic --model gpt-4o-mini --model 'o4-*'\n"
    "llmctl level set basic --clear models           # every model\n"
    "llmctl level show basic -o yaml > l.yaml; vi l.yaml; llmctl level set -f l.yaml";

// What the change starts from: the file, or the level as it is now.
Status StartFrom(const SetOptions& options, Factory& factory, AdminClient& client,
                 UpdateLevelRequest& request) {
  uint64_t revision = 0;
  if (!options.flags.file.empty()) {
    TRY_ASSIGN(revision, ReadResource(options.flags.file, factory.io().in, "level",
                                      *request.mutable_level()));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, request.level().name()));
  request.mutable_level()->set_name(name);
  if (revision == 0) {
    GetLevelRequest get;
    get.set_name(name);
    TRY_ASSIGN(LevelEntry entry, client.Call(&LevelService::Stub::GetLevel, get));
    revision = entry.meta().revision();
    if (options.flags.file.empty()) *request.mutable_level() = std::move(*entry.mutable_level());
  }
  request.set_expected_revision(revision);
  return {};
}

}  // namespace

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory) {
  if (options.flags.empty()) {
    return Fail(InvalidArgument("",
                                "nothing to change: name at least one field, or -f FILE; see "
                                "`llmctl level set --help`"));
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  UpdateLevelRequest request;
  TRY(StartFrom(options, factory, *client, request));
  TRY(options.flags.edits.ApplyTo(*request.mutable_level()));
  auto entry = client->Call(&LevelService::Stub::UpdateLevel, request);
  if (!entry) {
    return Fail(
        ExplainConflict(entry.error(), "level " + request.level().name(), options.flags.file));
  }
  return ReportChange(factory, options.wait, entry->meta().revision(),
                      "level " + entry->level().name() + " changed", ToDocument(*entry));
}

void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run) {
  CLI::App* command =
      AddCommand(noun, "set", "Change fields of a level; what is not named stays", kExamples);
  auto options = SelectInto<SetOptions>(command, context, std::move(run));
  AddLevelFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::level
