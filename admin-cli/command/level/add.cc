#include "admin-cli/command/level/add.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::admin_cli::level {
namespace {

using admin::v1::CreateLevelRequest;
using admin::v1::LevelService;

constexpr char kExamples[] =
    "llmctl level add basic --model 'gpt-4o-mini' --model 'text-embedding-*'\n"
    "llmctl level add level-0                        # without --model: every model\n"
    "llmctl key create app --level basic";

}  // namespace

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory) {
  CreateLevelRequest request;
  auto& level = *request.mutable_level();
  if (!options.flags.file.empty()) {
    TRY(ReadResource(options.flags.file, factory.io().in, "level", level));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, level.name()));
  level.set_name(name);
  TRY(options.flags.edits.ApplyTo(level));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(auto entry, client->Call(&LevelService::Stub::CreateLevel, request));
  return ReportChange(factory, options.wait, entry.meta().revision(),
                      "level " + entry.level().name() + " added", ToDocument(entry));
}

void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run) {
  CLI::App* command =
      AddCommand(noun, "add", "Name a set of models for keys and credentials", kExamples);
  auto options = SelectInto<AddOptions>(command, context, std::move(run));
  AddLevelFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::level
