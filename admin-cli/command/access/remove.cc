#include "admin-cli/command/access/remove.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/access_service.grpc.pb.h"

namespace llmgw::admin_cli::access {

using admin::v1::AccessService;
using admin::v1::DeleteAccessRuleRequest;

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  DeleteAccessRuleRequest request;
  request.mutable_rule()->set_effect(Name(options.effect));
  TRY(options.subject.FillIn(*request.mutable_rule()));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  uint64_t revision = 0;
  size_t removed = 0;
  for (const std::string& pattern : options.patterns) {
    request.mutable_rule()->set_pattern(pattern);
    auto change = client->Call(&AccessService::Stub::DeleteAccessRule, request);
    if (!change) return Fail(AfterSome(change.error(), "removed", options.patterns, removed));
    revision = change->revision();
    ++removed;
  }
  const std::string subject = request.rule().subject_kind() + " " + request.rule().subject();
  return ReportChange(factory, options.wait, revision,
                      "removed from the " + std::string(Name(options.effect)) + " list of " +
                          subject + ": " + CLI::detail::join(options.patterns, ", "),
                      Json{{"removed", options.patterns}, {"revision", revision}});
}

void BuildRemove(CLI::App& noun, Effect effect, CommandContext context, Runner<RemoveOptions> run) {
  const std::string name = Name(effect);
  CLI::App* command =
      AddCommand(noun, "remove", "Remove entries from the list of an upstream or a key",
                 "llmctl " + name + " remove 'gpt-4o*' --upstream openai");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  options->effect = effect;
  command->add_option("PATTERN", options->patterns, "Entries as `list` shows them")->required();
  AddSubjectFlags(command, options->subject);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::access
