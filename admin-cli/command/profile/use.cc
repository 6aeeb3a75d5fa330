#include "admin-cli/command/profile/use.h"

#include "admin-cli/app/factory.h"

namespace llmgw::admin_cli::profile {

Result<ExitCode> RunUse(const UseOptions& options, Factory& factory) {
  const ProfileStore store = factory.Profiles();
  TRY_ASSIGN(ProfileSet set, store.Load());
  TRY(set.Find(options.name));
  set.current = options.name;
  TRY(store.Save(set));
  factory.Note("using profile " + options.name);
  return ExitCode::kOk;
}

void BuildUse(CLI::App& noun, CommandContext context, Runner<UseOptions> run) {
  CLI::App* command = AddCommand(noun, "use", "Use a profile when no --profile is given",
                                 "llmctl profile use prod");
  auto options = SelectInto<UseOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The profile")->required();
}

}  // namespace llmgw::admin_cli::profile
