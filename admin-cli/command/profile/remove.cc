#include "admin-cli/command/profile/remove.h"

#include "admin-cli/app/factory.h"

namespace llmgw::admin_cli::profile {

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory) {
  const ProfileStore store = factory.Profiles();
  TRY_ASSIGN(ProfileSet set, store.Load());
  TRY(set.Find(options.name));
  set.profiles.erase(options.name);
  if (set.current == options.name) set.current.clear();
  TRY(store.Save(set));
  factory.Note("profile " + options.name + " removed; the files that it named stay");
  return ExitCode::kOk;
}

void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run) {
  CLI::App* command = AddCommand(noun, "remove", "Forget a profile; files that it names stay",
                                 "llmctl profile remove old");
  auto options = SelectInto<RemoveOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The profile")->required();
}

}  // namespace llmgw::admin_cli::profile
