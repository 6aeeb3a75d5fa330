#include "admin-cli/command/level/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::admin_cli::level {
namespace {

using admin::v1::LevelEntry;
using admin::v1::LevelService;
using admin::v1::ListLevelsRequest;

}  // namespace

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  ListLevelsRequest request;
  request.set_name_contains(options.name_contains);
  Json entries = Json::array();
  Table table({"NAME", "MODELS", "CHANGED"});
  TRY(ForEachEntry(
      request, kEverything,
      [&](const auto& page) { return client->Call(&LevelService::Stub::ListLevels, page); },
      [](auto& response) { return response.mutable_levels(); },
      [&](const LevelEntry& entry) {
        const auto& l = entry.level();
        table.Row({l.name(), l.models().empty() ? "every model" : Joined(l.models()),
                   Age(entry.meta().updated_at(), factory.Now())});
        entries.push_back(ToDocument(entry));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"levels", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no levels; add one: llmctl level add basic --model gpt-4o-mini");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "List levels", "llmctl level list");
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  command->add_option("--name-contains", options->name_contains, "Only names with this in them");
}

}  // namespace llmgw::admin_cli::level
