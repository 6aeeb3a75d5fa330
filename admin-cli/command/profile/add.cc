#include "admin-cli/command/profile/add.h"

#include <filesystem>

#include "admin-cli/app/factory.h"
#include "common/config/validate.h"
#include "common/daemon/host_port.h"

namespace llmgw::admin_cli::profile {
namespace {

constexpr char kExamples[] =
    "llmctl profile add prod --controlplane cp.example.com:7400 --ca /etc/llmgw/ca.pem "
    "--token-file ~/.llmgw/prod.token --gateway https://llm.example.com --use\n"
    "llmctl profile add local --controlplane 127.0.0.1:7400 --token-file "
    "data/controlplane/admin.token";

// Profiles are used from any folder.
std::string Absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory) {
  if (auto wrong = config::CheckName(options.name); !wrong.empty()) {
    return Fail(InvalidArgument("NAME", std::string(wrong)));
  }
  const Globals& globals = factory.globals();
  if (globals.controlplane.empty() && options.gateway.empty()) {
    return Fail(InvalidArgument("--controlplane", "is missing: what should the profile point at?"));
  }
  if (!globals.controlplane.empty()) {
    if (auto address = daemon::ParseHostPort(globals.controlplane); !address) {
      return Fail(InvalidArgument("--controlplane", address.error().message));
    }
  }
  Profile profile;
  profile.name = options.name;
  profile.controlplane = globals.controlplane;
  profile.tls = globals.tls;
  profile.insecure = globals.insecure;
  profile.ca = Absolute(globals.ca);
  profile.server_name = globals.server_name;
  profile.token_file = Absolute(globals.token_file);
  profile.gateway = options.gateway;
  profile.gateway_ca = Absolute(options.gateway_ca);
  profile.key_file = Absolute(options.key_file);

  const ProfileStore store = factory.Profiles();
  TRY_ASSIGN(ProfileSet set, store.Load());
  const bool replaced = set.profiles.contains(profile.name);
  set.profiles[profile.name] = profile;
  if (options.use || set.current.empty()) set.current = profile.name;
  TRY(store.Save(set));
  factory.Note("profile " + profile.name + (replaced ? " replaced" : " added") + " in " +
               store.path() + (set.current == profile.name ? "; it is in use" : ""));
  return ExitCode::kOk;
}

void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run) {
  CLI::App* command = AddCommand(noun, "add",
                                 "Remember how to reach a controlplane, from the global flags, and "
                                 "its gateway; replaces one of "
                                 "the same name",
                                 kExamples);
  auto options = SelectInto<AddOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "A name for it")->required();
  command->add_option("--gateway", options->gateway, "The gateway, for `llmctl chat`")
      ->type_name("URL");
  command->add_option("--gateway-ca", options->gateway_ca, "CAs to trust for it")
      ->type_name("FILE");
  command->add_option("--key-file", options->key_file, "File with a client key, for `llmctl chat`")
      ->type_name("FILE");
  command->add_flag("--use", options->use, "Use it from now on (the first one is used anyway)");
}

}  // namespace llmgw::admin_cli::profile
