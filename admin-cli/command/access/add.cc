#include "admin-cli/command/access/add.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "common/config/validate.h"
#include "llmgw/admin/v1/access_service.grpc.pb.h"

namespace llmgw::admin_cli::access {

using admin::v1::AccessService;
using admin::v1::CreateAccessRuleRequest;

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory) {
  CreateAccessRuleRequest request;
  request.mutable_rule()->set_effect(Name(options.effect));
  TRY(options.subject.FillIn(*request.mutable_rule()));
  // All of them before the first is stored.
  for (const std::string& pattern : options.patterns) {
    if (auto fault = config::CheckModelPattern(pattern); !fault.empty()) {
      return Fail(InvalidArgument("PATTERN", "'" + pattern + "' " + std::string(fault)));
    }
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  uint64_t revision = 0;
  Json rules = Json::array();
  for (const std::string& pattern : options.patterns) {
    request.mutable_rule()->set_pattern(pattern);
    auto change = client->Call(&AccessService::Stub::CreateAccessRule, request);
    if (!change) return Fail(AfterSome(change.error(), "added", options.patterns, rules.size()));
    revision = change->revision();
    rules.push_back(ToDocument(change->rule()));
  }
  const std::string subject = request.rule().subject_kind() + " " + request.rule().subject();
  const std::string verb = options.effect == Effect::kAllow ? " allows " : " denies ";
  return ReportChange(factory, options.wait, revision,
                      subject + verb + CLI::detail::join(options.patterns, ", "),
                      Json{{"rules", std::move(rules)}});
}

void BuildAdd(CLI::App& noun, Effect effect, CommandContext context, Runner<AddOptions> run) {
  const std::string name = Name(effect);
  CLI::App* command = AddCommand(noun, "add", "Add models to the list of an upstream or a key",
                                 "llmctl " + name + " add 'gpt-4o*' --upstream openai\n" +
                                     "llmctl " + name + " add o3 o4-mini --key my-app");
  auto options = SelectInto<AddOptions>(command, context, std::move(run));
  options->effect = effect;
  command
      ->add_option("PATTERN", options->patterns, "Models: names, or a prefix with a trailing '*'")
      ->required();
  AddSubjectFlags(command, options->subject);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::access
