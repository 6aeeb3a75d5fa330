#include "common/config/resource_rules.h"
#include "common/config/validate.h"
#include "common/text/prompt_template.h"

namespace llmgw::config {
namespace {

constexpr int kMostTemplates = 100;
constexpr size_t kLongestTemplate = 16 << 10;
constexpr int64_t kLongestWaitSeconds = 60;

void CheckTemplates(const v1::ReplicateOptions& options, Faults& faults) {
  const std::string field = "replicate.prompt_templates";
  if (options.prompt_templates_size() > kMostTemplates) {
    faults.Add(field, "must have at most 100 entries");
  }
  int index = 0;
  for (const auto& [pattern, prompt] : options.prompt_templates()) {
    const std::string path = field + "[" + PathName(pattern, index++) + "]";
    if (auto fault = CheckModelPattern(pattern); !fault.empty()) faults.Add(path, fault);
    faults.CheckText(path, prompt, kLongestTemplate, "\r\n\t");
    if (auto parsed = text::PromptTemplate::Parse(prompt); !parsed) {
      faults.Add(path, parsed.error().message);
    }
  }
}

}  // namespace

void CheckReplicate(const v1::Upstream& upstream, Faults& faults) {
  const v1::ReplicateOptions& options = upstream.replicate();
  CheckTemplates(options, faults);
  if (options.has_wait()) {
    const auto& wait = options.wait();
    const bool fits =
        wait.nanos() == 0 && wait.seconds() >= 1 && wait.seconds() <= kLongestWaitSeconds;
    if (!fits) faults.Add("replicate.wait", "must be 1s to 60s, in whole seconds");
  }
  if (upstream.credential_mode() == "passthrough") {
    faults.Add(
        "credential_mode",
        "passthrough is not for kind replicate: its requests are made by the gateway, with a "
        "stored token");
  }
}

}  // namespace llmgw::config
