#include "dataplane/forward/adapter/replicate_events.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/text/clean_text.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;

constexpr size_t kLongestEvent = 1 << 20;
constexpr size_t kLongestError = 500;

std::string Quoted(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

// A member of an object that is text; empty when there is none.
std::string Member(std::string_view object, const char* name) {
  const json parsed = json::parse(object, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return {};
  const auto found = parsed.find(name);
  return found != parsed.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

ReplicateEvents::ReplicateEvents(CompletionFacts facts, bool usage_wanted)
    : before_("data: {\"id\":" + Quoted(facts.id) +
              ",\"object\":\"chat.completion.chunk\",\"created\":" + std::to_string(facts.created) +
              ",\"model\":" + Quoted(facts.model) + ",\"choices\":["),
      after_(usage_wanted ? "],\"usage\":null}\n\n" : "]}\n\n"),
      usage_wanted_(usage_wanted) {}

std::string ReplicateEvents::Chunk(std::string_view delta, std::string_view finish_reason) const {
  std::string chunk = before_;
  chunk += "{\"index\":0,\"delta\":";
  chunk += delta;
  chunk += ",\"logprobs\":null,\"finish_reason\":";
  chunk += finish_reason.empty() ? "null" : "\"" + std::string(finish_reason) + "\"";
  chunk += "}";
  chunk += after_;
  return chunk;
}

void ReplicateEvents::BeginOnce(std::string& out) {
  if (std::exchange(begun_, true)) return;
  out += Chunk(R"({"role":"assistant","content":""})", {});
}

void ReplicateEvents::Output(std::string_view text, std::string& out) {
  if (text.empty()) return;
  BeginOnce(out);
  has_content_ = true;
  out += Chunk("{\"content\":" + Quoted(text) + "}", {});
}

void ReplicateEvents::Finish(std::string_view finish_reason, const model::TokenUsage& usage,
                             std::string& out) {
  BeginOnce(out);
  out += Chunk("{}", finish_reason);
  if (usage_wanted_ && (usage.input || usage.output)) {
    const int64_t input = usage.input.value_or(0);
    const int64_t output = usage.output.value_or(0);
    out += before_ + "],\"usage\":{\"prompt_tokens\":" + std::to_string(input) +
           ",\"completion_tokens\":" + std::to_string(output) +
           ",\"total_tokens\":" + std::to_string(input + output) + "}}\n\n";
  }
  out += "data: [DONE]\n\n";
}

ReplicateEvents::State ReplicateEvents::Feed(std::string_view bytes, std::string& out) {
  while (!bytes.empty() && state_ == State::kRunning) {
    if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
    const size_t end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + data_.size() + piece.size() > kLongestEvent) {
      state_ = State::kMalformed;
      break;
    }
    line_ += piece;
    if (end == std::string_view::npos) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    EndLine(out);
  }
  return state_;
}

void ReplicateEvents::EndLine(std::string& out) {
  std::string_view line = line_;
  if (std::exchange(first_line_, false) && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  if (line.empty()) {
    Dispatch(out);
  } else {
    const size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") type_ = value;
    if (name == "data") {
      if (std::exchange(has_data_, true)) data_ += '\n';
      data_ += value;
    }
  }
  line_.clear();
}

void ReplicateEvents::Dispatch(std::string& out) {
  const std::string type = std::exchange(type_, {});
  const std::string data = std::exchange(data_, {});
  if (!std::exchange(has_data_, false)) return;
  if (type == "output") {
    Output(data, out);
  } else if (type == "error") {
    // "done" follows; but should the stream break off before it, that is no success either.
    const std::string detail = Member(data, "detail");
    error_ = text::CleanText(detail.empty() ? data : detail, kLongestError);
    state_ = State::kFailed;
  } else if (type == "done") {
    const std::string reason = Member(data, "reason");
    state_ = reason == "canceled" ? State::kCanceled
             : reason == "error"  ? State::kFailed
                                  : State::kDone;
  }
}

}  // namespace llmgw::forward
