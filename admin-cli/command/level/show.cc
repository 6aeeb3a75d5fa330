#include "admin-cli/command/level/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::admin_cli::level {
namespace {

using admin::v1::GetLevelRequest;
using admin::v1::LevelEntry;
using admin::v1::LevelService;

void PrintTable(const LevelEntry& entry, Factory& factory) {
  const auto& l = entry.level();
  FieldList fields;
  fields.Add("name", l.name());
  fields.Add("models", l.models().empty() ? "every model" : Joined(l.models()));
  fields.Add("revision", std::to_string(entry.meta().revision()));
  fields.Add("created", LocalTime(entry.meta().created_at()));
  fields.Add("changed", LocalTime(entry.meta().updated_at()));
  fields.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetLevelRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(LevelEntry entry, client->Call(&LevelService::Stub::GetLevel, request));
  if (factory.WantsTable()) {
    PrintTable(entry, factory);
  } else {
    factory.Print(ToDocument(entry));
  }
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(noun, "show", "Show one level",
                                 "llmctl level show basic\n"
                                 "llmctl level show basic -o yaml > level.yaml");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The level")->required();
}

}  // namespace llmgw::admin_cli::level
