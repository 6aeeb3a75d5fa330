#include "dataplane/forward/adapter/replicate_input.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dataplane/forward/adapter/replicate_models.h"
#include "dataplane/forward/adapter/replicate_prompt.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;

// Deeper JSON is nobody's chat, and printing it would take a stack frame for each level.
constexpr int kMostDepth = 64;

using Done = tl::expected<void, BadChat>;

tl::unexpected<BadChat> Bad(std::string message, std::string param) {
  return tl::unexpected(BadChat{std::move(message), std::move(param)});
}

json ParseShallow(std::string_view body) {
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > kMostDepth;
    return !too_deep;
  };
  json parsed = json::parse(body, watch, /*allow_exceptions=*/false);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

const json* Find(const json& object, std::string_view name) {
  const auto found = object.find(std::string(name));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

// Asks for nothing that would not happen anyway.
bool IsDefault(std::string_view name, const json& value) {
  if (value.is_null()) return true;
  if (name == "n") return value == 1;
  if (name == "logprobs" || name == "store") return value == false;
  if (name == "response_format") {
    const json* type = value.is_object() && value.size() == 1 ? Find(value, "type") : nullptr;
    return type != nullptr && *type == "text";
  }
  if (name == "tools" || name == "modalities") {
    return value.is_array() && (value.empty() || value == json::array({"text"}));
  }
  return false;
}

class OrderWriter {
 public:
  OrderWriter(const json& chat, const ReplicateInputs& places,
              const text::PromptTemplate* prompt_template)
      : chat_(chat), places_(places), template_(prompt_template) {}

  Done Write() {
    if (Done read = ReadMessages(); !read) return read;
    if (places_.messages) {
      input_["messages"] = std::move(messages_);
    } else {
      WritePrompt();
    }
    WriteImages();
    return WriteParameters();
  }

  json TakeInput() { return std::move(input_); }
  std::vector<std::string> unsupported() const {
    return {unsupported_.begin(), unsupported_.end()};
  }
  std::optional<int64_t> max_tokens() const { return max_tokens_; }

 private:
  Done ReadMessages() {
    const json* messages = Find(chat_, "messages");
    if (messages == nullptr || !messages->is_array() || messages->empty())
      return Bad("'messages' must be a list with at least one message.", "messages");
    for (size_t i = 0; i < messages->size(); ++i) {
      if (Done read = ReadMessage((*messages)[i], "messages[" + std::to_string(i) + "]"); !read)
        return read;
    }
    if (text_.turns.empty()) text_.turns.emplace_back();
    return {};
  }

  Done ReadMessage(const json& message, const std::string& where) {
    if (!message.is_object() || !message.contains("role") || !message["role"].is_string())
      return Bad("Each message must be an object with a 'role'.", where);
    const std::string role = message["role"].get<std::string>();
    for (const auto& [name, value] : message.items()) {
      if (name != "role" && name != "content" && !value.is_null())
        unsupported_.insert("messages." + name);
    }
    std::string text;
    if (Done read = ReadContent(message, where, text); !read) return read;
    if (!text_.Add(role, text)) {
      return Bad("Models of this upstream take no message of role '" + role +
                     "': only system, developer, user and assistant.",
                 where + ".role");
    }
    messages_.push_back({{"role", role == "developer" ? "system" : role}, {"content", text}});
    return {};
  }

  Done ReadContent(const json& message, const std::string& where, std::string& text) {
    const json* content = Find(message, "content");
    if (content == nullptr) return {};
    if (content->is_string()) {
      text = content->get<std::string>();
      return {};
    }
    if (!content->is_array())
      return Bad("The content of a message must be text or a list of parts.", where + ".content");
    for (const json& part : *content) {
      if (!part.is_object() || !part.contains("type") || !part["type"].is_string())
        return Bad("Each part of a content must be an object with a 'type'.", where + ".content");
      ReadPart(part, text);
    }
    return {};
  }

  void ReadPart(const json& part, std::string& text) {
    const std::string type = part["type"].get<std::string>();
    if (type == "text" && part.contains("text") && part["text"].is_string()) {
      if (!text.empty()) text += '\n';
      text += part["text"].get<std::string>();
    } else if (type == "image_url" && places_.image_place != ImagePlace::kNone) {
      ReadImage(part);
    } else {
      unsupported_.insert("messages.content." + type);
    }
  }

  void ReadImage(const json& part) {
    const json* image = Find(part, "image_url");
    const json* url = image != nullptr && image->is_object() ? Find(*image, "url") : image;
    if (url == nullptr || !url->is_string()) {
      unsupported_.insert("messages.content.image_url");
      return;
    }
    if (image->is_object() && Find(*image, "detail") != nullptr && (*image)["detail"] != "auto")
      unsupported_.insert("messages.content.image_url.detail");
    images_.push_back(*url);
  }

  void WritePrompt() {
    // Where the system text goes: into the template, an input of its own, or before the question.
    const bool in_template = template_ != nullptr && template_->has_system();
    if (!in_template && !text_.system.empty()) {
      if (!places_.system.empty()) {
        input_[std::string(places_.system)] = text_.system;
      } else {
        text_.turns.front().user = text_.system + "\n" + text_.turns.front().user;
      }
    }
    if (template_ == nullptr) {
      input_["prompt"] = PlainPrompt(text_);
      return;
    }
    input_["prompt"] = template_->Render(text_.system, text_.turns);
    // Or the model would put its own around ours.
    if (places_.prompt_template) input_["prompt_template"] = "{prompt}";
  }

  void WriteImages() {
    if (images_.empty()) return;
    const std::string place(places_.image);
    if (places_.image_place == ImagePlace::kList) {
      input_[place] = std::move(images_);
      return;
    }
    // The last one is what the question is about.
    if (images_.size() > 1) unsupported_.insert("messages.content.image_url");
    input_[place] = images_.back();
  }

  Done WriteParameters() {
    for (const auto& [name, value] : chat_.items()) {
      if (name == "model" || name == "messages" || name == "stream" || IsDefault(name, value))
        continue;
      if (name == "stream_options") {
        if (!value.is_object()) return Bad("'stream_options' must be an object.", name);
        for (const auto& [option, ignored] : value.items()) {
          if (option != "include_usage") unsupported_.insert("stream_options." + option);
        }
        continue;
      }
      if (name == "stop") {
        if (Done written = WriteStop(value); !written) return written;
        continue;
      }
      if (Done written = WriteParameter(name, value); !written) return written;
    }
    return {};
  }

  Done WriteParameter(const std::string& name, const json& value) {
    const bool is_limit = name == "max_tokens" || name == "max_completion_tokens";
    const std::string_view place = is_limit ? places_.max_tokens : PlaceOf(name);
    if (is_limit) {
      if (!value.is_number_integer() || value.get<int64_t>() < 1)
        return Bad("'" + name + "' must be a positive whole number.", name);
      // Both may be there; the newer name wins.
      if (name == "max_tokens" && Find(chat_, "max_completion_tokens") != nullptr) return {};
      max_tokens_ = value.get<int64_t>();
    }
    if (place.empty()) {
      unsupported_.insert(name);
      return {};
    }
    const bool is_word = name == "reasoning_effort" || name == "verbosity";
    if (is_word ? !value.is_string() : !value.is_number())
      return Bad("'" + name + "' must be a " + (is_word ? "string." : "number."), name);
    input_[std::string(place)] = value;
    return {};
  }

  std::string_view PlaceOf(std::string_view name) const {
    if (name == "temperature") return places_.temperature;
    if (name == "top_p") return places_.top_p;
    if (name == "top_k") return places_.top_k;
    if (name == "seed") return places_.seed;
    if (name == "presence_penalty") return places_.presence_penalty;
    if (name == "frequency_penalty") return places_.frequency_penalty;
    if (name == "reasoning_effort") return places_.reasoning_effort;
    if (name == "verbosity") return places_.verbosity;
    return {};
  }

  Done WriteStop(const json& value) {
    std::vector<std::string> sequences;
    if (value.is_string()) sequences.push_back(value.get<std::string>());
    if (value.is_array()) {
      for (const json& sequence : value) {
        if (!sequence.is_string()) return Bad("'stop' must be text or a list of texts.", "stop");
        sequences.push_back(sequence.get<std::string>());
      }
    }
    if (!value.is_string() && !value.is_array())
      return Bad("'stop' must be text or a list of texts.", "stop");
    std::string joined;
    for (const std::string& sequence : sequences) {
      // They are separated by commas, so one with a comma in it has no place.
      if (places_.stop.empty() || sequence.empty() || sequence.find(',') != std::string::npos) {
        unsupported_.insert("stop");
        continue;
      }
      if (!joined.empty()) joined += ',';
      joined += sequence;
    }
    if (!joined.empty()) input_[std::string(places_.stop)] = joined;
    return {};
  }

  const json& chat_;
  const ReplicateInputs& places_;
  const text::PromptTemplate* template_;
  ChatText text_;
  json messages_ = json::array();
  json images_ = json::array();
  json input_ = json::object();
  std::set<std::string> unsupported_;
  std::optional<int64_t> max_tokens_;
};

}  // namespace

tl::expected<PredictionOrder, BadChat> OrderPrediction(
    std::string_view body, std::string_view model, const settings::ReplicateSettings& settings) {
  const std::optional<ReplicateModel> asked = ParseReplicateModel(model);
  if (!asked) {
    return Bad("Models of this upstream are named OWNER/NAME or OWNER/NAME:VERSION.", "model");
  }
  const json chat = ParseShallow(body);
  if (!chat.is_object()) return Bad("The body must be a JSON object.", "");
  PredictionOrder order;
  if (const json* stream = Find(chat, "stream")) {
    if (!stream->is_boolean()) return Bad("'stream' must be true or false.", "stream");
    order.stream = stream->get<bool>();
  }
  if (const json* options = Find(chat, "stream_options");
      options != nullptr && options->is_object())
    order.include_usage =
        Find(*options, "include_usage") != nullptr && (*options)["include_usage"] == true;
  OrderWriter writer(chat, ReplicateInputsOf(asked->name),
                     PromptTemplateFor(settings, asked->name));
  if (Done written = writer.Write(); !written) return tl::unexpected(written.error());
  json prediction{{"input", writer.TakeInput()}};
  if (order.stream) prediction["stream"] = true;
  if (asked->version.empty()) {
    order.path = "/models/" + std::string(asked->name) + "/predictions";
  } else {
    order.path = "/predictions";
    prediction["version"] = asked->version;
  }
  order.body = prediction.dump(-1, ' ', false, json::error_handler_t::replace);
  order.unsupported = writer.unsupported();
  order.max_tokens = writer.max_tokens();
  return order;
}

}  // namespace llmgw::forward
