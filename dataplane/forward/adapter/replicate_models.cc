#include "dataplane/forward/adapter/replicate_models.h"

#include <algorithm>
#include <array>

#include "dataplane/model/model_pattern.h"

namespace llmgw::forward {
namespace {

constexpr size_t kLongestSegment = 128;

bool IsSegment(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kLongestSegment && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), allowed);
}

constexpr std::array<ReplicateInputs, 10> kFamilies{{
    {.pattern = "openai/gpt-5*",
     .messages = true,
     .max_tokens = "max_completion_tokens",
     .reasoning_effort = "reasoning_effort",
     .verbosity = "verbosity",
     .image = "image_input",
     .image_place = ImagePlace::kList},
    {.pattern = "openai/gpt-oss*",
     .max_tokens = "max_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .top_k = "top_k",
     .presence_penalty = "presence_penalty",
     .frequency_penalty = "frequency_penalty"},
    {.pattern = "openai/gpt*",
     .messages = true,
     .max_tokens = "max_completion_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .presence_penalty = "presence_penalty",
     .frequency_penalty = "frequency_penalty",
     .image = "image_input",
     .image_place = ImagePlace::kList},
    {.pattern = "openai/o*",
     .messages = true,
     .max_tokens = "max_completion_tokens",
     .reasoning_effort = "reasoning_effort",
     .image = "image_input",
     .image_place = ImagePlace::kList},
    {.pattern = "anthropic/*",
     .system = "system_prompt",
     .max_tokens = "max_tokens",
     .image = "image",
     .image_place = ImagePlace::kOne},
    {.pattern = "google/gemini*",
     .system = "system_instruction",
     .max_tokens = "max_output_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .image = "images",
     .image_place = ImagePlace::kList},
    {.pattern = "mistralai/*",
     .prompt_template = true,
     .max_tokens = "max_new_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .top_k = "top_k",
     .stop = "stop_sequences",
     .seed = "seed",
     .presence_penalty = "presence_penalty",
     .frequency_penalty = "frequency_penalty"},
    {.pattern = "meta/llama-2*",
     .prompt_template = true,
     .system = "system_prompt",
     .max_tokens = "max_new_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .top_k = "top_k",
     .stop = "stop_sequences",
     .seed = "seed"},
    {.pattern = "meta/*",
     .prompt_template = true,
     .system = "system_prompt",
     .max_tokens = "max_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .top_k = "top_k",
     .stop = "stop_sequences",
     .seed = "seed",
     .presence_penalty = "presence_penalty",
     .frequency_penalty = "frequency_penalty"},
    // Any other: the schema that the language models share.
    {.pattern = "*",
     .system = "system_prompt",
     .max_tokens = "max_tokens",
     .temperature = "temperature",
     .top_p = "top_p",
     .top_k = "top_k",
     .stop = "stop_sequences",
     .seed = "seed",
     .presence_penalty = "presence_penalty",
     .frequency_penalty = "frequency_penalty",
     .image = "image",
     .image_place = ImagePlace::kOne},
}};

}  // namespace

std::optional<ReplicateModel> ParseReplicateModel(std::string_view model) {
  const size_t slash = model.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const size_t colon = model.find(':', slash);
  ReplicateModel parsed{model.substr(0, colon), {}};
  if (colon != std::string_view::npos) {
    parsed.version = model.substr(colon + 1);
    if (!IsSegment(parsed.version)) return std::nullopt;
  }
  if (!IsSegment(parsed.name.substr(0, slash)) || !IsSegment(parsed.name.substr(slash + 1)))
    return std::nullopt;
  return parsed;
}

const ReplicateInputs& ReplicateInputsOf(std::string_view name) {
  return *std::find_if(kFamilies.begin(), kFamilies.end(), [&](const ReplicateInputs& family) {
    return model::MatchesModel(family.pattern, name);
  });
}

}  // namespace llmgw::forward
