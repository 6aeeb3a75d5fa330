#include "admin-cli/command/route/route_flags.h"

#include "admin-cli/command/route/choosing_flags.h"
#include "admin-cli/input/address_flags.h"

namespace llmgw::admin_cli::route {

void AddRouteFlags(CLI::App* command, RouteFlags& flags) {
  FieldEdits& edits = flags.edits;
  command->add_option("NAME", flags.name, "The route");
  command
      ->add_option("-f,--file", flags.file,
                   "Take the whole resource from YAML or JSON as `show -o yaml` prints it; - reads "
                   "standard input. Flags change it further")
      ->type_name("FILE");
  edits.Text(command, "--prefix", "prefix", "Path prefix: /v1. The longest that matches wins")
      ->type_name("PATH");
  edits.Text(command, "--host", "host", "Only requests with this Host (default: every)");
  edits
      .List(command, "--upstream", "upstreams",
            "Candidates, in the order in which they are tried (default: every upstream). "
            "Repeatable; replaces the list")
      ->type_name("NAME");
  edits
      .List(command, "--retry-on", "retry_on",
            "Failures that send a request to the next candidate: connect, timeout, reset, a status "
            "(429), a class (5xx), any-error, never")
      ->type_name("WHAT");
  AddChoosingFlags(command, edits);
  edits.Text(command, "--auth", "auth",
             "keys (default: a valid client key) or none (open to everybody)");
  edits.List(command, "--cors-origin", "cors.allow_origins", "Origins of browsers (default: any)")
      ->type_name("ORIGIN");
  edits.Fixed(command, "--no-cors", "cors.disabled", "true", "No answers for browsers' preflights");
  edits.Fixed(command, "--cors", "cors.disabled", "false", "Answer them again");
  edits.Text(command, "--commit", "commit",
             "Until when a stream may still go to the next candidate: first-content (default) or "
             "first-byte");
  edits.Text(command, "--models", "models",
             "Who answers GET /models: upstream (default) or local (what the key may use)");
  edits.Text(command, "--log-policy", "log_policy",
             "What is recorded: metadata (default), bodies or none");
  edits.Fixed(command, "--disable", "disabled", "true", "Keep it, but never match it");
  edits.Fixed(command, "--enable", "disabled", "false", "Match it again");
  AddAddressFlags(command, edits);
  edits.ClearFlag(command);
}

}  // namespace llmgw::admin_cli::route
