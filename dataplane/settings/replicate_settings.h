#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/text/prompt_template.h"

namespace llmgw::settings {

// What only upstreams of kind "replicate" have. Field meanings: proto/llmgw/config/v1, message
// ReplicateOptions.
struct ReplicateSettings {
  struct Template {
    std::string pattern;  // of models; may end in '*'
    text::PromptTemplate prompt;
  };
  std::vector<Template> prompt_templates;
  std::chrono::seconds wait{60};
};

}  // namespace llmgw::settings
