#include "dataplane/forward/opening_event.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace llmgw::forward {
namespace {

namespace od = simdjson::ondemand;

// A parser and the padded copy that it needs. Events are at most as large as what is held.
struct Scratch {
  od::parser parser;
  std::string padded;
};

template <typename T>
bool Has(simdjson::simdjson_result<T> result, T& value) {
  return std::move(result).get(value) == simdjson::SUCCESS;
}

std::string_view Text(od::value& value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool IsNull(od::value& value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

// A string, array or object with something in it.
bool HasSubstance(od::value& value) {
  od::json_type type;
  if (!Has(value.type(), type)) return false;
  bool empty = true;
  switch (type) {
    case od::json_type::string:
      return !Text(value).empty();
    case od::json_type::array: {
      od::array array;
      return Has(value.get_array(), array) && Has(array.is_empty(), empty) && !empty;
    }
    case od::json_type::object: {
      od::object object;
      return Has(value.get_object(), object) && Has(object.is_empty(), empty) && !empty;
    }
    default:
      return false;
  }
}

// The names that OpenAI and Anthropic give to kinds of errors, as `type` or `code`.
int StatusOfKind(std::string_view kind) {
  struct Known {
    std::string_view kind;
    int status;
  };
  static constexpr std::array<Known, 13> kKnown{{{"invalid_request_error", 400},
                                                 {"context_length_exceeded", 400},
                                                 {"authentication_error", 401},
                                                 {"invalid_api_key", 401},
                                                 {"permission_error", 403},
                                                 {"not_found_error", 404},
                                                 {"model_not_found", 404},
                                                 {"request_too_large", 413},
                                                 {"rate_limit_error", 429},
                                                 {"rate_limit_exceeded", 429},
                                                 {"insufficient_quota", 429},
                                                 {"api_error", 500},
                                                 {"overloaded_error", 529}}};
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [kind](const Known& known) { return known.kind == kind; });
  return found == kKnown.end() ? 0 : found->status;
}

// `type`, `code` and `status` of an error object; a number is a status itself.
int StatusIn(std::string_view key, od::value& value) {
  if (key != "type" && key != "code" && key != "status") return 0;
  od::json_type type;
  if (!Has(value.type(), type)) return 0;
  if (type == od::json_type::string) return StatusOfKind(Text(value));
  int64_t number = 0;
  if (type != od::json_type::number || value.get_int64().get(number) != simdjson::SUCCESS) return 0;
  return number >= 400 && number < 600 ? static_cast<int>(number) : 0;
}

int StatusOfError(od::value& error) {
  int status = 0;
  od::object object;
  if (!Has(error.get_object(), object)) return status;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (!Has(field.unescaped_key(), key) || !Has(field.value(), value)) break;
    if (const int told = StatusIn(key, value); told != 0 && status == 0) status = told;
  }
  return status;
}

// A chat completion's delta: a role alone is no content.
bool DeltaHasContent(od::value& delta) {
  od::object object;
  if (!Has(delta.get_object(), object)) return false;
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (!Has(field.unescaped_key(), key) || !Has(field.value(), value)) break;
    if (key != "role" && HasSubstance(value)) return true;
  }
  return false;
}

bool ChoicesHaveContent(od::value& choices) {
  od::array array;
  if (!Has(choices.get_array(), array)) return false;
  for (auto element : array) {
    od::object choice;
    if (!Has(element.get_object(), choice)) return true;
    for (auto field : choice) {
      std::string_view key;
      od::value value;
      if (!Has(field.unescaped_key(), key) || !Has(field.value(), value)) return false;
      if (key == "delta" && DeltaHasContent(value)) return true;
      if ((key == "text" || key == "finish_reason" || key == "message") && HasSubstance(value))
        return true;
    }
  }
  return false;
}

// Of an Anthropic content_block_start: text and thinking begin empty, other blocks say something.
bool BlockHasContent(od::value& block) {
  od::object object;
  od::value type;
  if (!Has(block.get_object(), object) || !Has(object.find_field_unordered("type"), type))
    return true;
  const std::string_view kind = Text(type);
  return kind != "text" && kind != "thinking";
}

bool Announces(std::string_view type) {
  return type == "ping" || type == "message_start" || type == "response.created" ||
         type == "response.queued" || type == "response.in_progress";
}

// What the members of an event say together.
struct Members {
  std::string type;
  bool error = false;
  int status = 0;
  bool choices = false;
  bool content = false;

  void Read(std::string_view key, od::value& value) {
    if (key == "type") {
      type = Text(value);
    } else if (key == "error") {
      if (IsNull(value)) return;
      error = true;
      status = StatusOfError(value);
    } else if (key == "choices") {
      choices = true;
      content = ChoicesHaveContent(value);
    } else if (key == "content_block") {
      content = BlockHasContent(value);
    } else if (key == "code" && status == 0) {
      status = StatusIn(key, value);
    }
  }

  EventSign Sum(std::string_view event_type) const {
    const std::string_view kind = type.empty() ? event_type : std::string_view(type);
    if (error || kind == "error" || kind == "response.failed")
      return {Sign::kError, status == 0 ? kUnknownFailure : status};
    if (Announces(kind)) return {Sign::kNothing};
    if (kind == "content_block_start" || choices)
      return {content ? Sign::kContent : Sign::kNothing};
    return {Sign::kContent};
  }
};

}  // namespace

EventSign ReadSign(std::string_view type, std::string_view data) {
  const size_t first = data.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {Sign::kNothing};
  if (data.substr(first) == "[DONE]") return {Sign::kEnd};
  if (data[first] != '{')
    return type == "error" ? EventSign{Sign::kError, kUnknownFailure} : EventSign{Sign::kContent};
  static thread_local Scratch scratch;
  scratch.padded.reserve(data.size() + simdjson::SIMDJSON_PADDING);
  scratch.padded.assign(data);
  od::document document;
  od::object object;
  Members members;
  if (!Has(scratch.parser.iterate(scratch.padded.data(), scratch.padded.size(),
                                  scratch.padded.capacity()),
           document) ||
      !Has(document.get_object(), object))
    return members.Sum(type);
  for (auto field : object) {
    std::string_view key;
    od::value value;
    if (!Has(field.unescaped_key(), key) || !Has(field.value(), value)) break;
    members.Read(key, value);
  }
  return members.Sum(type);
}

Sign ReadDocumentSign(std::string_view beginning) {
  size_t at = 0;
  const auto skip_space = [&] {
    at = std::min(beginning.find_first_not_of(" \t\r\n", at), beginning.size());
    return at < beginning.size();
  };
  if (!skip_space()) return Sign::kNothing;
  if (beginning[at++] != '{') return Sign::kContent;
  if (!skip_space()) return Sign::kNothing;
  const std::string_view member = beginning.substr(at);
  constexpr std::string_view kErrorText = "\"error\"";
  for (const std::string_view key : {"\"error\"", "\"type\"", "\"object\""}) {
    if (key.starts_with(member.substr(0, key.size())) && member.size() < key.size())
      return Sign::kNothing;
    if (!member.starts_with(key)) continue;
    at += key.size();
    if (!skip_space()) return Sign::kNothing;
    if (beginning[at++] != ':') return Sign::kContent;
    if (!skip_space()) return Sign::kNothing;
    const std::string_view value = beginning.substr(at);
    if (key == kErrorText)
      return value[0] == '{' || value[0] == '"' ? Sign::kError : Sign::kContent;
    if (value.size() < kErrorText.size() && kErrorText.starts_with(value)) return Sign::kNothing;
    return value.starts_with(kErrorText) ? Sign::kError : Sign::kContent;
  }
  return Sign::kContent;
}

}  // namespace llmgw::forward
