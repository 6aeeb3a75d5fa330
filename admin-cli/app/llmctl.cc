#include "admin-cli/app/llmctl.h"

#include <algorithm>

#include "admin-cli/app/factory.h"
#include "admin-cli/app/help_formatter.h"
#include "admin-cli/app/usage_error.h"
#include "admin-cli/app/version.h"
#include "admin-cli/command/access/access.h"
#include "admin-cli/command/audit/audit.h"
#include "admin-cli/command/chat/chat.h"
#include "admin-cli/command/completion/bash.h"
#include "admin-cli/command/dataplane/dataplane.h"
#include "admin-cli/command/import/import.h"
#include "admin-cli/command/key/key.h"
#include "admin-cli/command/level/level.h"
#include "admin-cli/command/logs/logs.h"
#include "admin-cli/command/profile/profile.h"
#include "admin-cli/command/route/route.h"
#include "admin-cli/command/status/status.h"
#include "admin-cli/command/upstream/upstream.h"
#include "admin-cli/command/version/version.h"
#include "admin-cli/output/safe_text.h"
#include "admin-cli/output/table.h"

namespace llmgw::admin_cli {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  llmctl status\n"
    "  llmctl upstream add openai --endpoint https://api.openai.com/v1 --key-env OPENAI_API_KEY "
    "--allow 'gpt-4o*'\n"
    "  llmctl key create my-app\n"
    "  llmctl chat --key-env LLMGW_CLIENT_KEY 'Say hello'\n"
    "  llmctl logs tail --errors\n"
    "\n"
    "Each flag wins over its environment variable, that over the profile, that over the default.\n"
    "A profile's token, CA and TLS settings count only for the profile's own address.\n"
    "Admin token: --token-file, LLMGW_TOKEN (the token itself), LLMGW_TOKEN_FILE, the profile, or\n"
    "./data/controlplane/admin.token when that exists and the address is loopback.\n"
    "\n";

void AddGlobalFlags(CLI::App& root, Globals& globals) {
  const char* group = "Global flags";
  root.add_option("--controlplane", globals.controlplane,
                  "Admin address (LLMGW_CONTROLPLANE; default 127.0.0.1:7400)")
      ->type_name("ADDR")
      ->group(group);
  root.add_option("--token-file", globals.token_file,
                  "File with the admin token (LLMGW_TOKEN_FILE)")
      ->type_name("FILE")
      ->group(group);
  root.add_option("--profile", globals.profile,
                  "A controlplane known by name, see `llmctl profile` (LLMGW_PROFILE)")
      ->type_name("NAME")
      ->group(group);
  root.add_flag("--tls", globals.tls, "Use TLS, trusting the system's CAs")->group(group);
  root.add_option("--ca", globals.ca, "Use TLS, trusting only the CAs in this PEM file")
      ->type_name("FILE")
      ->group(group);
  root.add_option("--server-name", globals.server_name,
                  "Name in the controlplane's certificate, when it is not the host of ADDR")
      ->type_name("NAME")
      ->group(group);
  root.add_flag("--insecure", globals.insecure,
                "Allow plaintext to an address that is not loopback: the network sees the token")
      ->group(group);
  AddSpan(&root, "--timeout", globals.timeout, "Bound of one call (default 10s)")->group(group);
  root.add_option_function<std::string>(
          "-o,--output",
          [&globals](const std::string& name) {
            globals.format = name == "json"   ? Format::kJson
                             : name == "yaml" ? Format::kYaml
                                              : Format::kTable;
          },
          "table (default), json or yaml")
      ->check(CLI::IsMember({"table", "json", "yaml"}))
      ->type_name("FORMAT")
      ->group(group);
  root.add_flag("-q,--quiet", globals.quiet,
                "Only the essential: no remarks, no confirmations of success")
      ->group(group);
}

void PrintError(const Error& error, Factory& factory) {
  factory.io().out.flush();
  factory.io().err << Colored("llmctl:", Tone::kBad, factory.io().err_is_tty && factory.io().color)
                   << ' ' << SafeText(error.Describe(), Lines::kKeep) << std::endl;
}

ExitCode RunSelected(const Selection& selection, Factory& factory) {
  auto outcome = selection.run();
  if (factory.interrupts().triggered()) return ExitCode::kInterrupted;
  if (outcome) return *outcome;
  PrintError(outcome.error(), factory);
  return ExitCodeOf(outcome.error().kind);
}

}  // namespace

void BuildRoot(CLI::App& root, CommandContext context) {
  root.require_subcommand(1);
  // Global flags are understood after the command, too. Inherited by every command made after this.
  root.fallthrough();
  root.formatter(std::make_shared<HelpFormatter>());
  root.footer(std::string(kFooter) + ExitCodeHelp());
  root.set_version_flag("--version", std::string("llmctl ") + kVersion);
  AddGlobalFlags(root, context.factory.globals());

  status::Build(root, context);
  upstream::Build(root, context);
  key::Build(root, context);
  level::Build(root, context);
  access::Build(root, context);
  route::Build(root, context);
  logs::Build(root, context);
  dataplane::Build(root, context);
  audit::Build(root, context);
  migrate::Build(root, context);
  chat::Build(root, context);
  profile::Build(root, context);
  version::Build(root, context);
  completion::Build(root, context);
}

ExitCode RunLlmctl(const std::vector<std::string>& args, Factory& factory) {
  CLI::App root(
      "llmctl - the hand of the gateway: upstreams, keys, routes, logs, and a chat to try it",
      "llmctl");
  Selection selection;
  try {
    BuildRoot(root, {factory, selection});
    std::vector<std::string> reversed(args.rbegin(), args.rend());  // as CLI11 takes them
    root.parse(reversed);
    return RunSelected(selection, factory);
  } catch (const CLI::CallForHelp&) {
    factory.io().out << root.help();
    return ExitCode::kOk;
  } catch (const CLI::CallForVersion& version) {
    factory.io().out << version.what() << std::endl;
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    factory.io().err << SafeText(DescribeUsageError(error, root, args), Lines::kKeep) << std::endl;
    return ExitCode::kUsage;
  } catch (const std::exception& error) {
    PrintError(Internal(std::string("unexpected: ") + error.what()), factory);
    return ExitCode::kError;
  }
}

}  // namespace llmgw::admin_cli
