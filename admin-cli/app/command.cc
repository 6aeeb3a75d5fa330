#include "admin-cli/app/command.h"

#include <sstream>

#include "admin-cli/app/factory.h"
#include "admin-cli/input/secret_source.h"
#include "admin-cli/input/time.h"

namespace llmgw::admin_cli {
namespace {

std::string ExamplesFooter(const std::string& examples) {
  std::string footer;
  if (!examples.empty()) {
    footer = "Examples:\n";
    std::istringstream lines(examples);
    for (std::string line; std::getline(lines, line);) footer += "  " + line + "\n";
  }
  return footer + "Global flags (any place on the line): llmctl --help";
}

}  // namespace

CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer(ExamplesFooter(examples));
  return command;
}

CLI::App* AddNoun(CLI::App& parent, const std::string& name, const std::string& description,
                  const std::string& examples) {
  CLI::App* noun = AddCommand(parent, name, description, examples);
  noun->require_subcommand(1);
  return noun;
}

CLI::Option* AddList(CLI::App* command, const std::string& flag, std::vector<std::string>& target,
                     const std::string& help) {
  return command->add_option(flag, target, help)->allow_extra_args(false)->delimiter(',');
}

CLI::Option* AddSpan(CLI::App* command, const std::string& flag, std::chrono::milliseconds& target,
                     const std::string& help) {
  auto parse = [&target, flag](const std::string& text) {
    auto span = ParseSpan(text);
    if (!span) throw CLI::ValidationError(flag, span.error().message);
    target = *span;
  };
  return command->add_option_function<std::string>(flag, parse, help)->type_name("DURATION");
}

void RefuseSecret(CLI::App* command, const std::string& flag, const std::string& alternatives) {
  command
      ->add_option_function<std::string>(
          flag,
          [flag, alternatives](const std::string&) {
            throw CLI::ValidationError(SecretOnCommandLine(flag, alternatives).message);
          })
      ->group("");
}

void AddConfirmFlag(CLI::App* command, bool& yes) {
  command->add_flag("--yes,-y", yes, "Don't ask (nobody is asked when input is not a terminal)");
}

Status Confirm(Factory& factory, bool yes, const std::string& question) {
  IoStreams& io = factory.io();
  if (yes || !io.in_is_tty || !io.err_is_tty) return {};
  io.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(io.in, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return {};
  return Fail(InvalidArgument("", "nothing was changed"));
}

}  // namespace llmgw::admin_cli
