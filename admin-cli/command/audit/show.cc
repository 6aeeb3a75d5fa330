#include "admin-cli/command/audit/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/audit/audit_document.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::audit {
namespace {

using admin::v1::AuditEntry;
using admin::v1::AuditService;
using admin::v1::GetAuditEntryRequest;

void PrintResource(const char* title, const Json& resource, Factory& factory) {
  IoStreams& io = factory.io();
  io.out << '\n' << title;
  if (resource.is_null()) {
    io.out << " nothing\n";
  } else {
    io.out << '\n' << SafeText(ToYaml(resource), Lines::kKeep);
  }
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetAuditEntryRequest request;
  request.set_revision(options.revision);
  TRY_ASSIGN(AuditEntry entry, client->Call(&AuditService::Stub::GetAuditEntry, request));
  const Json document = EntryDocument(entry);
  if (!factory.WantsTable()) {
    factory.Print(document);
    return ExitCode::kOk;
  }
  FieldList fields;
  fields.Add("revision", std::to_string(entry.revision()));
  fields.Add("time", LocalTime(entry.time()));
  fields.Add("who", entry.actor());
  fields.Add("what", entry.action() + " " + entry.kind() + " " + SubjectName(entry));
  fields.Add("changed", ChangedFields(entry));
  fields.Print(factory.io().out, factory.io().color);
  PrintResource("before:", document["before"], factory);
  PrintResource("after:", document["after"], factory);
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(noun, "show", "One change, with the resource before and after",
                                 "llmctl audit show 12");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("REVISION", options->revision, "From `llmctl audit list`")->required();
}

}  // namespace llmgw::admin_cli::audit
