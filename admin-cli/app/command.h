#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "admin-cli/app/exit_code.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

class Factory;

// Does the work of one command with options that were parsed and checked.
template <typename Options>
using Runner = std::function<Result<ExitCode>(const Options&, Factory&)>;

// What the command line chose. Parsing only fills it in, running comes afterwards, so that nothing
// of a command happens inside the parser.
struct Selection {
  std::function<Result<ExitCode>()> run;
};

// What a command builder needs: where to hang the command, and what it will run with.
struct CommandContext {
  Factory& factory;
  Selection& selection;
};

// Adds `name` below `parent`, with its one-line description and its examples (one command per
// line).
CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples);

// The same for a noun, which has verbs of its own and does nothing by itself.
CLI::App* AddNoun(CLI::App& parent, const std::string& name, const std::string& description,
                  const std::string& examples);

// Options of one command, kept alive by its callback; `run` is called with them when the command
// line chose this command.
template <typename Options>
std::shared_ptr<Options> SelectInto(CLI::App* command, CommandContext context,
                                    Runner<Options> run) {
  auto options = std::make_shared<Options>();
  command->callback([options, context, run = std::move(run)] {
    context.selection.run = [options, context, run] { return run(*options, context.factory); };
  });
  return options;
}

// A repeatable option whose values may also be separated by commas. Takes one argument per
// occurrence, so that it never swallows a positional one.
CLI::Option* AddList(CLI::App* command, const std::string& flag, std::vector<std::string>& target,
                     const std::string& help);

// An option that takes a duration: "10s", "500ms", "2m".
CLI::Option* AddSpan(CLI::App* command, const std::string& flag, std::chrono::milliseconds& target,
                     const std::string& help);

// An option that is only there to refuse a secret on the command line, with the right way; not in
// the help.
void RefuseSecret(CLI::App* command, const std::string& flag, const std::string& alternatives);

// --yes, and the question before something that can't be undone. Asks only a person at a terminal.
// kInvalidArgument: the answer was no.
void AddConfirmFlag(CLI::App* command, bool& yes);
Status Confirm(Factory& factory, bool yes, const std::string& question);

}  // namespace llmgw::admin_cli
