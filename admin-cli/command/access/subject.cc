#include "admin-cli/command/access/subject.h"

namespace llmgw::admin_cli::access {

Status Subject::FillIn(admin::v1::AccessRule& rule) const {
  if (upstream.empty() && key.empty()) {
    return Fail(InvalidArgument("", "say whose list: --upstream NAME or --key NAME"));
  }
  rule.set_subject_kind(upstream.empty() ? "key" : "upstream");
  rule.set_subject(upstream.empty() ? key : upstream);
  return {};
}

void AddSubjectFlags(CLI::App* command, Subject& subject) {
  auto* upstream = command->add_option("--upstream", subject.upstream, "The list of this upstream")
                       ->type_name("NAME");
  command->add_option("--key", subject.key, "The list of this client key, by name or id")
      ->type_name("NAME")
      ->excludes(upstream);
}

const char* Name(Effect effect) {
  switch (effect) {
    case Effect::kAllow:
      return "allow";
    case Effect::kDeny:
      return "deny";
  }
  return "";
}

}  // namespace llmgw::admin_cli::access
