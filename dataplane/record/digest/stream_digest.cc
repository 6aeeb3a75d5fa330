#include "dataplane/record/digest/stream_digest.h"

#include <algorithm>
#include <array>

#include "dataplane/record/digest/find_text.h"

namespace llmgw::record {
namespace {

// A model is named in the first event in every dialect; a few more are tried before giving up.
constexpr uint32_t kEventsTriedForModel = 4;
constexpr size_t kMaxModelBytes = 256;

// The last event of the dialects that do not end with [DONE].
constexpr std::array<std::string_view, 8> kFinalTypes = {
    "message_stop",                // Anthropic
    "response.completed",          // OpenAI Responses
    "response.incomplete",         //
    "response.cancelled",          //
    "transcript.text.done",        // OpenAI transcription
    "speech.audio.done",           // OpenAI speech
    "image_generation.completed",  // OpenAI images
    "image_edit.completed",
};

// The value of the key if it is the document's first; "" otherwise.
std::string_view FirstValue(std::string_view json, std::string_view quoted_key) {
  size_t at = SkipJsonSpace(json, 0);
  if (at >= json.size() || json[at] != '{') return {};
  at = SkipJsonSpace(json, at + 1);
  if (json.substr(at, quoted_key.size()) != quoted_key) return {};
  at = SkipJsonSpace(json, at + quoted_key.size());
  if (at >= json.size() || json[at] != ':') return {};
  return json.substr(SkipJsonSpace(json, at + 1));
}

// The inside of the string that `json` begins with, when it is free of escapes and complete; ""
// otherwise.
std::string_view PlainString(std::string_view json) {
  if (json.empty() || json[0] != '"') return {};
  const size_t end = json.find_first_of("\"\\", 1);
  if (end == std::string_view::npos || json[end] != '"') return {};
  return json.substr(1, end - 1);
}

std::string_view TypeOf(const SseEvent& event) {
  return event.type.empty() ? PlainString(FirstValue(event.data, "\"type\"")) : event.type;
}

bool IsErrorObject(std::string_view data) {
  const std::string_view value = FirstValue(data, "\"error\"");
  return !value.empty() && value[0] != 'n';
}

// Length of the object that begins `json`; 0 when it does not end in it.
size_t ObjectLength(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

// The last complete usage object in the end of a document, "" when there is none.
std::string_view LastUsageObject(std::string_view tail) {
  std::string_view last;
  size_t from = 0;
  while (true) {
    const size_t value = FindJsonValue(tail, "\"usage\"", from);
    if (value == std::string_view::npos) return last;
    if (tail[value] != '{') continue;
    const std::string_view object = tail.substr(value);
    if (const size_t length = ObjectLength(object); length != 0) last = object.substr(0, length);
  }
}

std::string_view FirstModel(std::string_view part) {
  size_t from = 0;
  const size_t value = FindJsonValue(part, "\"model\"", from);
  return value == std::string_view::npos ? std::string_view() : PlainString(part.substr(value));
}

}  // namespace

void StreamDigest::Feed(std::string_view bytes) {
  scanner_.Feed(bytes, [this](const SseEvent& event) { OnEvent(event); });
}

void StreamDigest::Finish() {
  scanner_.Finish([this](const SseEvent& event) { OnEvent(event); });
}

void StreamDigest::OnEvent(const SseEvent& event) {
  ++event_count_;
  if (event.data == "[DONE]") {
    saw_done_ = true;
    return;
  }
  const std::string_view type = TypeOf(event);
  if (!type.empty()) {
    saw_done_ |= std::find(kFinalTypes.begin(), kFinalTypes.end(), type) != kFinalTypes.end();
    saw_error_event_ |= type == "error" || type == "response.failed";
  }
  saw_error_event_ |= IsErrorObject(event.data);
  if (!ReadUsage(event.data, usage_, model_served_) && model_served_.empty() &&
      event_count_ <= kEventsTriedForModel) {
    model_served_ = ReadModel(event.data);
  }
  if (model_served_.size() > kMaxModelBytes) model_served_.clear();
}

void JsonDigest::Feed(std::string_view bytes) {
  total_bytes_ += bytes.size();
  if (tail_.size() + bytes.size() > 2 * kTailBytes) {
    if (head_.empty()) {
      // It does not stay whole: what it begins with is put aside.
      head_.assign(tail_, 0, kHeadBytes);
      head_.append(bytes.substr(0, kHeadBytes - head_.size()));
    }
    if (bytes.size() >= kTailBytes) tail_.clear();
    if (bytes.size() > kTailBytes) bytes = bytes.substr(bytes.size() - kTailBytes);
  }
  tail_.append(bytes);
  if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

void JsonDigest::Finish() {
  if (tail_.size() == total_bytes_) {
    if (!ReadUsage(tail_, usage_, model_served_)) model_served_ = ReadModel(tail_);
    return;
  }
  if (const std::string_view usage = LastUsageObject(tail_); !usage.empty()) {
    ReadUsage(std::string("{\"usage\":").append(usage).append("}"), usage_, model_served_);
  }
  model_served_ = FirstModel(head_);
  if (model_served_.empty()) model_served_ = FirstModel(tail_);
}

}  // namespace llmgw::record
