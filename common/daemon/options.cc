#include "common/daemon/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "common/daemon/units.h"
#include "common/daemon/yaml_config.h"

namespace llmgw::daemon {
namespace {

std::string EnvironmentName(const std::string& option) {
  std::string name = "LLMGW_" + option;
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

bool IsInEnvironment(const std::string& option) {
  const char* value = std::getenv(EnvironmentName(option).c_str());
  return value != nullptr && *value != '\0';
}

// Hands the YAML file to CLI11, less what the environment overrides: CLI11 itself would let the
// file win.
class YamlSource final : public CLI::Config {
 public:
  YamlSource(const CLI::App& app, const std::vector<std::string>& known)
      : app_(app), known_(known) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream&) const override {
    auto settings = ReadYamlSettings(app_.get_config_ptr()->as<std::string>(), known_);
    if (!settings) throw CLI::ConfigError(settings.error().Describe(), CLI::ExitCodes::ConfigError);
    std::vector<CLI::ConfigItem> from_file;
    for (auto& setting : *settings) {
      places_[setting.name] = setting.place;
      if (IsInEnvironment(setting.name)) continue;
      CLI::ConfigItem item;
      item.name = setting.name;
      item.inputs = std::move(setting.values);
      from_file.push_back(std::move(item));
    }
    return from_file;
  }

  // Where the file sets `name`; empty when it does not.
  std::string PlaceOf(const std::string& name) const {
    auto it = places_.find(name);
    return it == places_.end() ? std::string() : it->second;
  }

 private:
  const CLI::App& app_;
  const std::vector<std::string>& known_;
  mutable std::map<std::string, std::string> places_;
};

}  // namespace

struct Options::Impl {
  explicit Impl(Program program_in)
      : program(std::move(program_in)), app(program.summary, program.name) {}

  CLI::Option* Declare(CLI::Option* option, const std::string& name, const std::string& type,
                       const std::string& default_text) {
    names.push_back(name);
    option->envname(EnvironmentName(name))->type_name(type);
    if (!default_text.empty()) option->default_str(default_text);
    return option;
  }

  // An option whose text is turned into a value by `parse`, a function returning a Result.
  template <typename Parse, typename Target>
  CLI::Option* DeclareParsed(const std::string& name, Target& target, Parse parse,
                             const std::string& type, const std::string& default_text,
                             const std::string& help) {
    auto read = [name, &target, parse](const std::string& text) {
      auto value = parse(text);
      if (!value) throw CLI::ValidationError("--" + name, value.error().message);
      target = std::move(*value);
    };
    return Declare(app.add_option_function<std::string>("--" + name, read, help), name, type,
                   default_text);
  }

  // Which of the three ways gave `name` its value, for an error message.
  std::string SourceOf(const std::string& name, const std::vector<std::string>& arguments) const {
    for (const auto& argument : arguments) {
      if (argument == "--" + name || argument.rfind("--" + name + "=", 0) == 0) return {};
    }
    if (IsInEnvironment(name)) return EnvironmentName(name);
    return yaml->PlaceOf(name);
  }

  std::string WithSource(const std::string& message,
                         const std::vector<std::string>& arguments) const {
    for (const auto& name : names) {
      bool named =
          message.rfind("--" + name + ":", 0) == 0 || message.rfind("--" + name + " ", 0) == 0;
      if (!named) continue;
      std::string source = SourceOf(name, arguments);
      if (!source.empty()) return std::string(message).append(" (from ").append(source).append(")");
    }
    return message;
  }

  Program program;
  CLI::App app;
  std::vector<std::string> names;
  std::shared_ptr<YamlSource> yaml;
  bool check_config = false;
};

Options::Options(Program program) : impl_(std::make_unique<Impl>(std::move(program))) {
  auto& app = impl_->app;
  impl_->yaml = std::make_shared<YamlSource>(app, impl_->names);
  app.config_formatter(impl_->yaml);
  const char* from_environment = std::getenv("LLMGW_CONFIG");
  bool named = from_environment != nullptr && *from_environment != '\0';
  app.set_config("--config", named ? from_environment : "",
                 "YAML file with any of these options, without the dashes (Env:LLMGW_CONFIG)",
                 named)
      ->type_name("FILE");
  app.set_version_flag("--version", impl_->program.name + " " + impl_->program.version);
  app.add_flag(
      "--check-config", impl_->check_config,
      "Say what is wrong with the options and where, then exit (0 when nothing is, else 2)");
  app.footer("Flags win over the environment, the environment over the YAML file.");
  AddChoice("log-level", log_.level, {"trace", "debug", "info", "warn", "error", "off"},
            "How much is logged; the ops endpoint /log-level changes it at run time.");
  AddChoice("log-format", log_.format, {"text", "json"},
            "Lines for people, or one JSON object per line.");
}

Options::~Options() = default;

void Options::AddText(const std::string& name, std::string& target, const std::string& help) {
  impl_->Declare(impl_->app.add_option("--" + name, target, help), name, "TEXT", target);
}

void Options::AddPath(const std::string& name, std::string& target, const std::string& help) {
  impl_->Declare(impl_->app.add_option("--" + name, target, help), name, "PATH", target);
}

void Options::AddAddress(const std::string& name, HostPort& target, const std::string& help) {
  impl_->DeclareParsed(name, target, ParseHostPort, "HOST:PORT", target.ToString(), help);
}

void Options::AddNumber(const std::string& name, uint32_t& target, const std::string& help) {
  impl_->Declare(impl_->app.add_option("--" + name, target, help), name, "NUMBER",
                 std::to_string(target));
}

void Options::AddDuration(const std::string& name, std::chrono::milliseconds& target,
                          const std::string& help) {
  impl_->DeclareParsed(name, target, ParseDuration, "DURATION", FormatDuration(target), help);
}

void Options::AddBytes(const std::string& name, uint64_t& target, const std::string& help) {
  impl_->DeclareParsed(name, target, ParseBytes, "BYTES", FormatBytes(target), help);
}

void Options::AddSwitch(const std::string& name, bool& target, const std::string& help) {
  // type_name would turn a flag into an option that takes a value.
  impl_->names.push_back(name);
  impl_->app.add_flag("--" + name, target, help)->envname(EnvironmentName(name));
}

void Options::AddList(const std::string& name, std::vector<std::string>& target,
                      const std::string& help) {
  std::string default_text;
  for (const auto& item : target) default_text += (default_text.empty() ? "" : ",") + item;
  auto* option = impl_->app.add_option("--" + name, target, help)->delimiter(',');
  // One argument per flag, so that a following word is not swallowed.
  option->allow_extra_args(false);
  impl_->Declare(option, name, "TEXT,...", default_text);
}

void Options::AddChoice(const std::string& name, std::string& target,
                        const std::vector<std::string>& choices, const std::string& help) {
  std::string list;
  for (const auto& choice : choices) list += (list.empty() ? "" : ", ") + choice;
  auto pick = [choices, list](const std::string& text) -> Result<std::string> {
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
    return Fail(InvalidArgument({}, "'" + text + "' is not one of " + list));
  };
  impl_->DeclareParsed(name, target, pick, "TEXT", target, help + " One of: " + list + ".");
}

std::optional<int> Options::Parse(int argc, const char* const* argv, const Check& check) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (auto exit_code = Parse(std::move(arguments), check, std::cout, std::cerr)) return exit_code;
  if (auto log = observe::SetUpLog(log_); !log) {
    std::cerr << impl_->program.name << ": " << log.error().Describe() << "\n";
    return kUsageError;
  }
  return std::nullopt;
}

std::optional<int> Options::Parse(std::vector<std::string> arguments, const Check& check,
                                  std::ostream& out, std::ostream& err) {
  const std::string& program = impl_->program.name;
  try {
    // CLI11 takes a vector from its end.
    impl_->app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& done) {  // --help, --version
    return impl_->app.exit(done, out, err);
  } catch (const CLI::ParseError& error) {
    err << program << ": " << impl_->WithSource(error.what(), arguments) << "\n"
        << "Run " << program << " --help for the options.\n";
    return kUsageError;
  }
  std::vector<Error> problems = check ? check() : std::vector<Error>();
  for (auto& problem : problems) {
    std::string source = problem.field.empty() ? "" : impl_->SourceOf(problem.field, arguments);
    err << program << ": " << (problem.field.empty() ? "" : "--" + problem.field + ": ")
        << problem.message << (source.empty() ? "" : " (from " + source + ")") << "\n";
  }
  if (!problems.empty()) return kUsageError;
  if (impl_->check_config) {
    out << "ok\n";
    return 0;
  }
  return std::nullopt;
}

}  // namespace llmgw::daemon
