#include "admin-cli/command/audit/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/command/audit/audit_document.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::audit {

using admin::v1::AuditEntry;
using admin::v1::AuditService;
using admin::v1::ListAuditEntriesRequest;

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  ListAuditEntriesRequest request;
  request.set_kind(options.kind);
  request.set_name(options.name);
  Json entries = Json::array();
  Table table({"REVISION", "TIME", "WHO", "ACTION", "KIND", "NAME", "CHANGED"});
  TRY(ForEachEntry(
      request, options.limit,
      [&](const auto& page) { return client->Call(&AuditService::Stub::ListAuditEntries, page); },
      [](auto& response) { return response.mutable_entries(); },
      [&](const AuditEntry& entry) {
        table.Row({std::to_string(entry.revision()), LocalTime(entry.time()), entry.actor(),
                   entry.action(), entry.kind(), SubjectName(entry), ChangedFields(entry)});
        entries.push_back(EntryDocument(entry));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"entries", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no changes match");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "Changes so far, newest first",
                                 "llmctl audit list\n"
                                 "llmctl audit list --kind upstream --name openai");
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  command->add_option("--kind", options->kind, "Only upstream, route, level or client_key");
  command->add_option("--name", options->name, "Only this one (of a key: its id)");
  command->add_option("--limit", options->limit, "At most this many (default 50)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
}

}  // namespace llmgw::admin_cli::audit
