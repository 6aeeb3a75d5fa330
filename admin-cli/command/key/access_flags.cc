#include "admin-cli/command/key/access_flags.h"

#include "admin-cli/input/address_flags.h"

namespace llmgw::admin_cli::key {

void AddAccessFlags(CLI::App* command, FieldEdits& edits) {
  edits
      .List(command, "--level", "levels",
            "Levels it has (see `llmctl level`): it may ask for their models, then --allow and "
            "--deny hold. Repeatable; replaces the list")
      ->type_name("NAME");
  AddAddressFlags(command, edits);
}

}  // namespace llmgw::admin_cli::key
