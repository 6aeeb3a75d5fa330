#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmgw::forward {

// A model at Replicate: "owner/name" (an official one) or "owner/name:version".
struct ReplicateModel {
  std::string_view name;     // "owner/name"
  std::string_view version;  // empty: none was given
};

// Nothing when it is not of that form. Views into `model`.
std::optional<ReplicateModel> ParseReplicateModel(std::string_view model);

enum class ImagePlace : uint8_t { kNone, kOne, kList };

// Which inputs a model has for what a chat completion asks. Every model at Replicate has a schema
// of its own; these are those of the language models' families, as their API pages give them
// (https://replicate.com/OWNER/NAME/api/schema). An empty name: the model has no such input.
struct ReplicateInputs {
  std::string_view pattern{};    // of "owner/name"
  bool messages = false;         // takes the chat as it is, in "messages"
  bool prompt_template = false;  // formats "prompt" by itself, with "prompt_template"
  std::string_view system{};
  std::string_view max_tokens{};
  std::string_view temperature{};
  std::string_view top_p{};
  std::string_view top_k{};
  std::string_view stop{};  // one string, separated by commas
  std::string_view seed{};
  std::string_view presence_penalty{};
  std::string_view frequency_penalty{};
  std::string_view reasoning_effort{};
  std::string_view verbosity{};
  std::string_view image{};
  ImagePlace image_place = ImagePlace::kNone;
};

// The first family that `name` ("owner/name") is of; a model of none has what most of them have.
const ReplicateInputs& ReplicateInputsOf(std::string_view name);

}  // namespace llmgw::forward
