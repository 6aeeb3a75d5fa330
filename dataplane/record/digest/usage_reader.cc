#include "dataplane/record/digest/usage_reader.h"

#include <simdjson.h>

#include "dataplane/record/digest/find_text.h"

namespace llmgw::record {
namespace {

namespace od = simdjson::ondemand;

// Per-thread scratch memory above this is given back after use.
constexpr size_t kMaxKeptBytes = 512 * 1024;

// A parser and the padded copy that it needs.
struct Scratch {
  od::parser parser;
  std::string padded;

  simdjson::error_code Iterate(std::string_view json, od::document& document) {
    padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(json);
    return parser.iterate(padded.data(), padded.size(), padded.capacity()).get(document);
  }
  void Trim() {
    if (padded.capacity() <= kMaxKeptBytes) return;
    padded = std::string();
    parser = od::parser();
  }
};

Scratch& ThreadScratch() {
  static thread_local Scratch scratch;
  return scratch;
}

void ReadCount(od::value& value, std::optional<int64_t>& out) {
  int64_t count = 0;
  if (value.get_int64().get(count) == simdjson::SUCCESS && count >= 0) out = count;
}

// One count inside a nested object of details.
void ReadDetail(od::value& value, std::string_view wanted, std::optional<int64_t>& out) {
  od::object details;
  if (value.get_object().get(details) != simdjson::SUCCESS) return;
  for (auto field : details) {
    od::raw_json_string key;
    od::value inner;
    if (field.key().get(key) != simdjson::SUCCESS) return;
    if (!key.unsafe_is_equal(wanted) || field.value().get(inner) != simdjson::SUCCESS) continue;
    ReadCount(inner, out);
  }
}

// The counts of one usage object, before they are merged.
struct Counts {
  TokenUsage usage;
  std::optional<int64_t> cache_read;  // Anthropic counts these two beside input_tokens, not within
  std::optional<int64_t> cache_created;
};

void ReadUsageField(od::raw_json_string key, od::value& value, Counts& counts) {
  TokenUsage& usage = counts.usage;
  if (key.unsafe_is_equal("prompt_tokens") || key.unsafe_is_equal("input_tokens")) {
    ReadCount(value, usage.input);
  } else if (key.unsafe_is_equal("completion_tokens") || key.unsafe_is_equal("output_tokens")) {
    ReadCount(value, usage.output);
  } else if (key.unsafe_is_equal("prompt_tokens_details") ||
             key.unsafe_is_equal("input_tokens_details")) {
    ReadDetail(value, "cached_tokens", usage.cached_input);
  } else if (key.unsafe_is_equal("completion_tokens_details") ||
             key.unsafe_is_equal("output_tokens_details")) {
    ReadDetail(value, "reasoning_tokens", usage.reasoning);
  } else if (key.unsafe_is_equal("cache_read_input_tokens")) {
    ReadCount(value, counts.cache_read);
  } else if (key.unsafe_is_equal("cache_creation_input_tokens")) {
    ReadCount(value, counts.cache_created);
  }
}

template <class T>
void Overwrite(const std::optional<T>& from, std::optional<T>& to) {
  if (from) to = from;
}

bool ReadUsageObject(od::value& value, TokenUsage& out) {
  od::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  Counts counts;
  for (auto field : object) {
    od::raw_json_string key;
    od::value inner;
    if (field.key().get(key) != simdjson::SUCCESS) break;
    if (field.value().get(inner) != simdjson::SUCCESS) break;
    ReadUsageField(key, inner, counts);
  }
  TokenUsage& usage = counts.usage;
  if (counts.cache_read || counts.cache_created) {
    usage.cached_input = counts.cache_read.value_or(0);
    if (usage.input) *usage.input += *usage.cached_input + counts.cache_created.value_or(0);
  }
  if (usage.empty()) return false;
  Overwrite(usage.input, out.input);
  Overwrite(usage.output, out.output);
  Overwrite(usage.cached_input, out.cached_input);
  Overwrite(usage.reasoning, out.reasoning);
  return true;
}

// Reads `usage` and `model` of an object, and of the objects that the Responses and Anthropic
// dialects wrap them in. Null pointers are not read.
bool ReadDocument(od::object& object, TokenUsage* usage, std::string* model, bool is_wrapped) {
  bool found = false;
  for (auto field : object) {
    od::raw_json_string key;
    od::value value;
    if (field.key().get(key) != simdjson::SUCCESS) break;
    if (field.value().get(value) != simdjson::SUCCESS) break;
    if (usage != nullptr && key.unsafe_is_equal("usage")) {
      found |= ReadUsageObject(value, *usage);
    } else if (model != nullptr && model->empty() && key.unsafe_is_equal("model")) {
      std::string_view name;
      if (value.get_string().get(name) == simdjson::SUCCESS) *model = name;
    } else if (!is_wrapped && (key.unsafe_is_equal("response") || key.unsafe_is_equal("message"))) {
      od::object inner;
      if (value.get_object().get(inner) != simdjson::SUCCESS) continue;
      found |= ReadDocument(inner, usage, model, true);
    }
  }
  return found;
}

bool ReadJson(std::string_view json, TokenUsage* usage, std::string* model) {
  Scratch& scratch = ThreadScratch();
  od::document document;
  od::object object;
  bool found = false;
  if (scratch.Iterate(json, document) == simdjson::SUCCESS &&
      document.get_object().get(object) == simdjson::SUCCESS) {
    found = ReadDocument(object, usage, model, false);
  }
  scratch.Trim();
  return found;
}

// Most events of a stream have no usage, or "usage":null.
bool MayHaveUsage(std::string_view json) {
  size_t from = 0;
  while (true) {
    const size_t value = FindJsonValue(json, "\"usage\"", from);
    if (value == std::string_view::npos) return false;
    if (json[value] == '{') return true;
  }
}

}  // namespace

bool ReadUsage(std::string_view json, TokenUsage& out, std::string& model_served) {
  return MayHaveUsage(json) && ReadJson(json, &out, &model_served);
}

std::string ReadModel(std::string_view json) {
  std::string model;
  if (FindText(json, "\"model\"") != std::string_view::npos) ReadJson(json, nullptr, &model);
  return model;
}

}  // namespace llmgw::record
