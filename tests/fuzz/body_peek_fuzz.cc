#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/parse/body_peek.h"
#include "dataplane/parse/json_skip.h"
#include "tests/fuzz/check.h"

using namespace llmgw::parse;
using nlohmann::json;

namespace {

// What a full parser sees at the top level: how often each of our keys stands there, and the last
// value of each.
class TopLevel : public nlohmann::json_sax<json> {
 public:
  int models = 0, streams = 0;
  bool is_object = false, other_case = false;
  std::optional<std::string> model;
  bool stream = false;
  size_t deepest = 0;

  bool key(std::string& name) override {
    key_ = depth_ == 1 ? name : "";
    if (key_ == "model") ++models;
    if (key_ == "stream") ++streams;
    std::string lower;
    for (const char c : key_)
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if ((lower == "model" || lower == "stream") && lower != key_) other_case = true;
    if (lower == "\xc5\xbftream") other_case = true;
    return true;
  }
  bool string(std::string& value) override {
    if (AtKey("model")) model = value;
    return true;
  }
  bool boolean(bool value) override {
    if (AtKey("stream")) stream = value;
    return true;
  }
  bool null() override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    return Open();
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool AtKey(std::string_view name) const { return depth_ == 1 && key_ == name; }
  bool Open() {
    deepest = std::max(deepest, ++depth_);
    return true;
  }
  bool Close() {
    --depth_;
    key_.clear();
    return true;
  }
  size_t depth_ = 0;
  std::string key_;
};

void CheckAgainstFullParser(std::string_view body, PeekStatus status, const BodyFacts& facts) {
  // That parser takes a NUL for the end of its input.
  if (body.find('\0') != std::string_view::npos) return;
  TopLevel top;
  if (!json::sax_parse(body.begin(), body.end(), &top)) return;
  if (!top.is_object) {
    FUZZ_CHECK(status == PeekStatus::kNotJson);
    return;
  }
  if (top.deepest > 1000) return;
  // The full parser's verdict on valid JSON: repeated or differently spelt keys are never complete,
  // and a complete peek saw the same.
  const bool ambiguous = top.models > 1 || top.streams > 1 || top.other_case;
  if (status == PeekStatus::kComplete) {
    FUZZ_CHECK(!ambiguous);
    FUZZ_CHECK(facts.has_model == top.model.has_value());
    if (top.model) FUZZ_CHECK(facts.model == *top.model);
    FUZZ_CHECK(facts.stream == top.stream);
    if (facts.has_model) {
      const std::string_view span =
          body.substr(facts.model_begin, facts.model_end - facts.model_begin);
      FUZZ_CHECK(json::parse(span).get<std::string>() == facts.model);
    }
    return;
  }
  FUZZ_CHECK(status != PeekStatus::kNotJson && status != PeekStatus::kTooDeep &&
             status != PeekStatus::kNeedMore);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2000) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  BodyFacts facts;
  const PeekStatus whole = PeekJson(body, true, facts);
  FUZZ_CHECK(whole != PeekStatus::kNeedMore);
  FUZZ_CHECK(!facts.has_model || IsCleanUtf8(facts.model));
  CheckAgainstFullParser(body, whole, facts);
  for (size_t length = 0; length <= size; ++length) {
    const std::string prefix(body.substr(0, length));
    BodyFacts early;
    const PeekStatus status = PeekJson(prefix, false, early);
    if (status == PeekStatus::kNeedMore) continue;
    const bool object_ended = status == PeekStatus::kComplete && whole == PeekStatus::kNotJson;
    FUZZ_CHECK(status == whole || object_ended);
  }
  return 0;
}
