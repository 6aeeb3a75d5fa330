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

Error AfterSome(Error error, const std::string& done, const std::vector<std::string>& patterns,
                size_t stored) {
  if (patterns.size() == 1) return error;
  const auto failed = patterns.begin() + static_cast<std::ptrdiff_t>(stored);
  error.message += "\nThat was '" + *failed + "'. ";
  if (stored == 0) {
    error.message += "Nothing was " + done + ".";
  } else {
    const std::vector<std::string> before(patterns.begin(), failed);
    error.message += "Already " + done + ", and stored: " + CLI::detail::join(before, ", ") + ".";
  }
  return error;
}

}  // namespace llmgw::admin_cli::access
