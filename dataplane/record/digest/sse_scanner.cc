#include "dataplane/record/digest/sse_scanner.h"

#include <algorithm>
#include <utility>

#include "dataplane/record/digest/find_text.h"

namespace llmgw::record {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

SseScanner::Held& SseScanner::held() {
  if (held_ == nullptr) held_ = std::make_unique<Held>();
  return *held_;
}

bool SseScanner::Next(Cursor& cursor, SseEvent& event) {
  if (cursor.release_held) {  // the event handed out last is no longer looked at
    held_->type.clear();
    held_->data.clear();
    cursor.release_held = false;
  }
  while (!cursor.rest.empty()) {
    if (bom_bytes_ < kByteOrderMark.size()) {
      SkipByteOrderMark(cursor);
      continue;
    }
    if (std::exchange(after_cr_, false) && cursor.rest.front() == '\n') {
      cursor.rest.remove_prefix(1);
      continue;
    }
    const size_t end = FindLineEnd(cursor.rest);
    if (end == std::string_view::npos) {
      HoldPartialLine(cursor.rest);
      break;
    }
    const std::string_view tail = cursor.rest.substr(0, end);
    after_cr_ = cursor.rest[end] == '\r';
    cursor.rest.remove_prefix(end + 1);
    const bool in_span = line_bytes_ == 0;
    if (!in_span) HoldPartialLine(tail);
    if (in_span) CountBytes(tail.size());
    if (EndLine(cursor, in_span, in_span ? tail : std::string_view(held().line), event)) {
      return true;
    }
  }
  cursor.rest = {};
  HoldFields(cursor);
  return false;
}

void SseScanner::SkipByteOrderMark(Cursor& cursor) {
  if (cursor.rest.front() == kByteOrderMark[bom_bytes_]) {
    ++bom_bytes_;
    cursor.rest.remove_prefix(1);
    return;
  }
  // Not one after all: what was taken for it begins the first line.
  const size_t taken = std::exchange(bom_bytes_, kByteOrderMark.size());
  if (taken != 0) HoldPartialLine(kByteOrderMark.substr(0, taken));
}

// Takes note of `count` bytes of a line; drops the event once it is too large.
void SseScanner::CountBytes(size_t count) {
  event_bytes_ = static_cast<uint32_t>(std::min<size_t>(event_bytes_ + count, UINT32_MAX));
  if (event_bytes_ <= kMaxEventBytes || oversized_) return;
  oversized_ = true;
  held_.reset();
}

void SseScanner::HoldPartialLine(std::string_view part) {
  line_bytes_ = static_cast<uint32_t>(std::min<size_t>(line_bytes_ + part.size(), UINT32_MAX));
  CountBytes(part.size());
  if (!oversized_) held().line.append(part);
}

bool SseScanner::EndLine(Cursor& cursor, bool in_span, std::string_view line, SseEvent& event) {
  const bool blank = in_span && line.empty();
  if (blank) return EndEvent(cursor, event);
  if (!oversized_) TakeField(cursor, in_span, line);
  line_bytes_ = 0;
  if (held_ != nullptr) held_->line.clear();
  return false;
}

void SseScanner::TakeField(Cursor& cursor, bool in_span, std::string_view line) {
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (name == "event") {
    has_type_ = true;
    cursor.type_in_span = in_span;
    if (in_span) {
      cursor.type = value;
    } else {
      held().type = value;
    }
  } else if (name == "data") {
    if (!std::exchange(has_data_, true)) {
      cursor.data_in_span = in_span;
      if (in_span) {
        cursor.data = value;
      } else {
        held().data = value;
      }
      return;
    }
    if (std::exchange(cursor.data_in_span, false)) held().data = cursor.data;
    held().data += '\n';
    held().data += value;
  }
}

bool SseScanner::EndEvent(Cursor& cursor, SseEvent& event) {
  const bool complete = has_data_ && !oversized_;
  if (oversized_) ++oversized_events_;
  if (complete) {
    event.data = cursor.data_in_span ? cursor.data : std::string_view(held_->data);
    event.type = {};
    if (has_type_) event.type = cursor.type_in_span ? cursor.type : std::string_view(held_->type);
  }
  has_data_ = has_type_ = oversized_ = false;
  cursor.data_in_span = cursor.type_in_span = false;
  cursor.release_held = held_ != nullptr;
  event_bytes_ = 0;
  return complete;
}

// The span ends: what the current event has in it must outlive it.
void SseScanner::HoldFields(Cursor& cursor) {
  if (oversized_ || (!has_data_ && !has_type_ && line_bytes_ == 0)) {
    held_.reset();
    return;
  }
  if (cursor.data_in_span) held().data = cursor.data;
  if (cursor.type_in_span) held().type = cursor.type;
}

bool SseScanner::TakeUnfinished(SseEvent& event) {
  Cursor cursor;
  if (line_bytes_ != 0 && !oversized_) {
    const std::string line = std::move(held().line);
    TakeField(cursor, false, line);
  }
  return EndEvent(cursor, event);
}

void SseScanner::Drop() {
  held_.reset();
  event_bytes_ = line_bytes_ = 0;
  has_data_ = has_type_ = oversized_ = after_cr_ = false;
}

}  // namespace llmgw::record
