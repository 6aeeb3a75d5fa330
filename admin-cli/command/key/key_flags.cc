#include "admin-cli/command/key/key_flags.h"

#include "admin-cli/command/key/access_flags.h"
#include "admin-cli/input/time.h"

namespace llmgw::admin_cli::key {

void AddKeyFlags(CLI::App* command, KeyFlags& flags) {
  FieldEdits& edits = flags.edits;
  command
      ->add_option("-f,--file", flags.file,
                   "Take the whole resource from YAML or JSON as `show -o yaml` prints it; - reads "
                   "standard input. Flags change it further")
      ->type_name("FILE");
  edits
      .List(command, "--allow", "allow",
            "Models it may ask for: names, or a prefix with '*'. Repeatable; replaces the list")
      ->type_name("MODEL");
  edits.List(command, "--deny", "deny", "Models it may not; checked after --allow")
      ->type_name("MODEL");
  edits.List(command, "--route", "routes", "Routes it may use (default: all). Repeatable")
      ->type_name("NAME");
  edits.List(command, "--upstream", "upstreams", "Upstreams it may use (default: all). Repeatable")
      ->type_name("NAME");
  AddAccessFlags(command, edits);
  command
      ->add_option("--expires", flags.expires,
                   "When it stops working: 30d, 12h, 2026-12-31T00:00:00Z, or never")
      ->type_name("WHEN");
  edits.Text(command, "--log-policy", "log_policy",
             "What is recorded of its requests: metadata, bodies, none (default: the route's)");
  edits.Fixed(command, "--disable", "disabled", "true", "Refuse it, but keep it");
  edits.Fixed(command, "--enable", "disabled", "false", "Accept it again");
  edits.ClearFlag(command);
}

Status ApplyKeyFlags(const KeyFlags& flags, WallTime now, config::v1::ClientKey& target) {
  TRY(flags.edits.ApplyTo(target));
  if (flags.expires == "never") {
    target.clear_expires_at();
  } else if (!flags.expires.empty()) {
    auto time = ParseFuture(flags.expires, now);
    if (!time) return Fail(InvalidArgument("--expires", time.error().message));
    *target.mutable_expires_at() = *time;
  }
  return {};
}

}  // namespace llmgw::admin_cli::key
