#include "admin-cli/app/usage_error.h"

#include "common/text/near_name.h"

namespace llmgw::admin_cli {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      if (option->get_group().empty()) continue;
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
      for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
  }
  return names;
}

std::string Path(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : Path(*app.get_parent()) + " " + app.get_name();
}

std::string List(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// How far the arguments lead down the tree of commands.
struct Reached {
  const CLI::App* command;
  std::string unknown;  // the word that is no command below it; empty when the line ended
};

const CLI::App* Child(const CLI::App& app, const std::string& name) {
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->check_name(name)) return sub;
  }
  return nullptr;
}

// Flags are skipped with their value, as far as that can be told without parsing: a flag that takes
// one is followed by it.
bool TakesValue(const CLI::App& root, const std::string& flag) {
  for (const CLI::Option* option : root.get_options()) {
    if (option->check_name(flag)) return option->get_items_expected_min() > 0;
  }
  return false;
}

Reached Follow(const CLI::App& root, const std::vector<std::string>& args) {
  Reached reached{&root, ""};
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].rfind('-', 0) == 0) {
      const bool joined = args[i].find('=') != std::string::npos;
      if (!joined && TakesValue(root, args[i])) ++i;
      continue;
    }
    if (CommandNames(*reached.command).empty()) return reached;
    const CLI::App* child = Child(*reached.command, args[i]);
    if (child == nullptr) {
      reached.unknown = args[i];
      return reached;
    }
    reached.command = child;
  }
  return reached;
}

// The first argument that looks like a flag and is none of the command's.
std::string UnknownFlag(const std::vector<std::string>& known,
                        const std::vector<std::string>& args) {
  for (const std::string& arg : args) {
    if (arg == "--") break;
    if (arg.size() < 2 || arg.front() != '-') continue;
    std::string flag = arg.substr(0, arg.find('='));
    if (std::find(known.begin(), known.end(), flag) == known.end()) return flag;
  }
  return "";
}

}  // namespace

std::string DescribeUsageError(const CLI::ParseError& error, const CLI::App& root,
                               const std::vector<std::string>& args) {
  const Reached reached = Follow(root, args);
  const std::string path = Path(*reached.command);
  const std::string help = "\nSee `" + path + " --help`.";
  const std::vector<std::string> below = CommandNames(*reached.command);
  if (!reached.unknown.empty()) {
    return "llmctl: '" + reached.unknown + "' is no command of `" + path + "`" +
           text::DidYouMean(reached.unknown, below) + "\nThere are: " + List(below) + "." + help;
  }
  if (!below.empty()) {
    return "llmctl: `" + path + "` needs a command: " + List(below) + "." + help;
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> known = FlagNames(*reached.command);
    const std::string flag = UnknownFlag(known, args);
    if (flag.empty()) return "llmctl: too many arguments" + help;
    return "llmctl: " + flag + " is no flag of `" + path + "`" + text::DidYouMean(flag, known) +
           help;
  }
  return "llmctl: " + std::string(error.what()) + help;
}

}  // namespace llmgw::admin_cli
