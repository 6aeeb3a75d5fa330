#include "admin-cli/command/profile/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/output/table.h"

namespace llmgw::admin_cli::profile {
namespace {

Json ToDocument(const Profile& profile, const std::string& current) {
  return Json{{"name", profile.name},
              {"current", profile.name == current},
              {"controlplane", profile.controlplane},
              {"tls", profile.tls || !profile.ca.empty()},
              {"insecure", profile.insecure},
              {"ca", profile.ca},
              {"server_name", profile.server_name},
              {"token_file", profile.token_file},
              {"gateway", profile.gateway},
              {"gateway_ca", profile.gateway_ca},
              {"key_file", profile.key_file}};
}

}  // namespace

Result<ExitCode> RunList(const ListOptions&, Factory& factory) {
  TRY_ASSIGN(const ProfileSet set, factory.Profiles().Load());
  Json entries = Json::array();
  Table table({"NAME", "IN USE", "CONTROLPLANE", "TLS", "TOKEN FILE", "GATEWAY"});
  for (const auto& [name, profile] : set.profiles) {
    table.Row({name, name == set.current ? Cell("yes", Tone::kGood) : Cell("no"),
               profile.controlplane, profile.tls || !profile.ca.empty() ? "yes" : "no",
               profile.token_file, profile.gateway});
    entries.push_back(ToDocument(profile, set.current));
  }
  if (!factory.WantsTable()) {
    factory.Print(Json{{"profiles", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no profiles; add one: llmctl profile add --help");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "List profiles", "llmctl profile list");
  SelectInto<ListOptions>(command, context, std::move(run));
}

}  // namespace llmgw::admin_cli::profile
