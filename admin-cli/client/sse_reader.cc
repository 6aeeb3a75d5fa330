#include "admin-cli/client/sse_reader.h"

namespace llmgw::admin_cli {

void SseReader::Feed(std::string_view bytes) {
  for (const char c : bytes) {
    const bool second_half = after_cr_ && c == '\n';
    after_cr_ = c == '\r';
    if (second_half) continue;
    if (c == '\n' || c == '\r') {
      TakeLine(line_);
      line_.clear();
    } else {
      line_ += c;
    }
  }
}

void SseReader::TakeLine(std::string_view line) {
  if (line.empty()) return Dispatch();
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "event") event_ = value;
  if (name == "data") {
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  }
}

void SseReader::Dispatch() {
  if (has_data_) on_event_(event_, data_);
  event_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace llmgw::admin_cli
