#include "dataplane/config_sync/replicate_compiler.h"

#include <utility>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {

settings::ReplicateSettings ReplicateOf(const config::v1::ReplicateOptions& options) {
  settings::ReplicateSettings out;
  for (const auto& [pattern, prompt] : options.prompt_templates()) {
    if (auto parsed = text::PromptTemplate::Parse(prompt))
      out.prompt_templates.push_back({pattern, std::move(*parsed)});
  }
  if (options.has_wait()) out.wait = std::chrono::seconds(options.wait().seconds());
  return out;
}

}  // namespace llmgw::config_sync
