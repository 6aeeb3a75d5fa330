#include "admin-cli/command/upstream/replicate.h"

#include <map>
#include <string>

namespace llmgw::admin_cli::upstream {

void AddReplicateFlags(CLI::App* command, FieldEdits& edits) {
  const char* group = "Kind replicate (--endpoint https://api.replicate.com/v1)";
  edits
      .Map(
          command, "--replicate-template", "replicate.prompt_templates",
          "The prompt for models of a pattern, such as 'meta/*=U: {user} A: {assistant}': one turn "
          "of the chat, with {user} and {assistant}, {system}, {?system}…{/system} and "
          "{?first}…{/first}; mistralai/* has one. Repeatable; replaces the map")
      ->type_name("MODEL=TEMPLATE")
      ->group(group);
  edits
      .Text(command, "--replicate-wait", "replicate.wait",
            "How long the creation of a prediction may wait for its end, 1s to 60s (default 60s)")
      ->type_name("DURATION")
      ->group(group);
}

void AddReplicateFields(const config::v1::ReplicateOptions& options, FieldList& fields) {
  const std::map<std::string, std::string> sorted(options.prompt_templates().begin(),
                                                  options.prompt_templates().end());
  for (const auto& [pattern, prompt] : sorted)
    fields.Add("replicate template", pattern + " = " + prompt);
  if (options.has_wait()) fields.Add("replicate wait", DurationText(options.wait()));
}

}  // namespace llmgw::admin_cli::upstream
