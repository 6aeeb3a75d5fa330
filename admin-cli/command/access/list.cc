#include "admin-cli/command/access/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/access_service.grpc.pb.h"

namespace llmgw::admin_cli::access {

using admin::v1::AccessRule;
using admin::v1::AccessService;
using admin::v1::ListAccessRulesRequest;

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  ListAccessRulesRequest request;
  request.set_effect(Name(options.effect));
  if (!options.subject.upstream.empty() || !options.subject.key.empty()) {
    AccessRule subject;
    TRY(options.subject.FillIn(subject));
    request.set_subject_kind(subject.subject_kind());
    request.set_subject(subject.subject());
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  Json entries = Json::array();
  Table table({"OF", "NAME", "PATTERN"});
  TRY(ForEachEntry(
      request, kEverything,
      [&](const auto& page) { return client->Call(&AccessService::Stub::ListAccessRules, page); },
      [](auto& response) { return response.mutable_rules(); },
      [&](const AccessRule& rule) {
        table.Row({rule.subject_kind(), rule.subject(), rule.pattern()});
        entries.push_back(ToDocument(rule));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"rules", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note(options.effect == Effect::kAllow ? "no entries: every model is allowed"
                                                  : "no entries: no model is denied");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, Effect effect, CommandContext context, Runner<ListOptions> run) {
  const std::string name = Name(effect);
  CLI::App* command =
      AddCommand(noun, "list", "List entries, of one upstream or key or of all",
                 "llmctl " + name + " list\nllmctl " + name + " list --upstream openai");
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  options->effect = effect;
  AddSubjectFlags(command, options->subject);
}

}  // namespace llmgw::admin_cli::access
