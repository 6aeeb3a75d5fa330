#include "admin-cli/command/completion/bash.h"

#include "admin-cli/app/factory.h"

namespace llmgw::admin_cli::completion {
namespace {

std::string FlagsOf(const CLI::App& app) {
  std::string flags;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& name : option->get_lnames()) flags += " --" + name;
    for (const std::string& name : option->get_snames()) flags += " -" + name;
  }
  return flags;
}

// One line of the table: where on the command line, and what may follow.
void AddWords(const CLI::App& app, const std::string& path, std::string& table) {
  std::string words;
  const auto children = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* child : children) words += " " + child->get_name();
  table += "  ['" + path + "']='" + (words + FlagsOf(app)).substr(1) + "'\n";
  for (const CLI::App* child : children) {
    AddWords(*child, path + " " + child->get_name(), table);
  }
}

}  // namespace

std::string BashScript(const CLI::App& root) {
  std::string table;
  AddWords(root, root.get_name(), table);
  return "# bash completion of llmctl; load with: source <(llmctl completion bash)\n"
         "declare -gA _llmctl_words=(\n" +
         table +
         ")\n"
         "_llmctl() {\n"
         "  local path=llmctl word current=${COMP_WORDS[COMP_CWORD]}\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    [[ -n ${_llmctl_words[\"$path $word\"]-} ]] && path=\"$path $word\"\n"
         "  done\n"
         "  local words=${_llmctl_words[$path]}\n"
         "  [[ $current == -* ]] && words+=\" ${_llmctl_words[llmctl]}\"\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _llmctl llmctl\n";
}

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun =
      AddNoun(root, "completion", "Completion for shells", "source <(llmctl completion bash)");
  CLI::App* command = AddCommand(*noun, "bash", "Print a completion script for bash",
                                 "source <(llmctl completion bash)\n"
                                 "llmctl completion bash > /etc/bash_completion.d/llmctl");
  SelectInto<BashOptions>(command, context,
                          [&root](const BashOptions&, Factory& factory) -> Result<ExitCode> {
                            factory.io().out << BashScript(root) << std::flush;
                            return ExitCode::kOk;
                          });
}

}  // namespace llmgw::admin_cli::completion
