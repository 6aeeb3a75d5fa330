#include "admin-cli/command/level/level_flags.h"

namespace llmgw::admin_cli::level {

void AddLevelFlags(CLI::App* command, LevelFlags& flags) {
  FieldEdits& edits = flags.edits;
  command->add_option("NAME", flags.name, "The level");
  command
      ->add_option("-f,--file", flags.file,
                   "Take the whole resource from YAML or JSON as `show -o yaml` prints it; - reads "
                   "standard input. Flags change it further")
      ->type_name("FILE");
  edits
      .List(command, "--model", "models",
            "Models in it: names, or a prefix with '*' (default: every model). Repeatable; "
            "replaces the list")
      ->type_name("MODEL");
  edits.ClearFlag(command);
}

}  // namespace llmgw::admin_cli::level
