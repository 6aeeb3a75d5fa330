#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmgw::record {

// One event of an event stream. Views that end with the callback.
struct SseEvent {
  std::string_view type;  // the "event" field; empty when absent (which means "message")
  std::string_view data;  // the "data" lines joined with LF
};

// Splits an event stream (WHATWG HTML 9.2.6) into events as its bytes pass by: CR, LF and CRLF line
// ends, a leading byte order mark, comments, several data lines. An event that lies within one fed
// span is handed out as views into it; only an unfinished tail is copied, and it is freed when its
// event ends, since one scanner lives per open stream. The result does not depend on how the bytes
// are cut. An event of more than kMaxEventBytes is skipped: neither handed out nor held. Used by
// one thread at a time.
class SseScanner {
 public:
  static constexpr size_t kMaxEventBytes = 256 * 1024;

  // Calls on_event(const SseEvent&) for each event completed by `bytes`. Events without data are
  // not handed out.
  template <class F>
  void Feed(std::string_view bytes, F&& on_event) {
    Cursor cursor;
    cursor.rest = bytes;
    SseEvent event;
    while (Next(cursor, event)) on_event(static_cast<const SseEvent&>(event));
  }

  // The stream ended: calls on_event for an event whose data was complete but for its empty line.
  // The standard drops it, yet for bookkeeping it was received (upstreams exist that end with
  // "data: [DONE]\n").
  template <class F>
  void Finish(F&& on_event) {
    SseEvent event;
    if (TakeUnfinished(event)) on_event(static_cast<const SseEvent&>(event));
    Drop();
  }

  // True when the stream stands inside a line or an event: what is written next would be read as
  // part of it.
  bool mid_event() const { return line_bytes_ != 0 || has_data_ || has_type_ || oversized_; }

  // Events skipped for their size.
  uint32_t oversized_events() const { return oversized_events_; }

 private:
  struct Held {
    std::string line;  // the unfinished line
    std::string type;
    std::string data;
  };
  // What one Feed knows besides: the rest of its span, and the fields of the current event that lie
  // in the span.
  struct Cursor {
    std::string_view rest = {};
    std::string_view type = {};
    std::string_view data = {};
    bool data_in_span = false;
    bool type_in_span = false;
    bool release_held = false;
  };

  bool Next(Cursor& cursor, SseEvent& event);
  void SkipByteOrderMark(Cursor& cursor);
  void CountBytes(size_t count);
  void HoldPartialLine(std::string_view part);
  bool EndLine(Cursor& cursor, bool in_span, std::string_view line, SseEvent& event);
  void TakeField(Cursor& cursor, bool in_span, std::string_view line);
  bool EndEvent(Cursor& cursor, SseEvent& event);
  void HoldFields(Cursor& cursor);
  bool TakeUnfinished(SseEvent& event);
  void Drop();
  Held& held();

  std::unique_ptr<Held> held_;
  uint32_t event_bytes_ = 0;  // of the current event, saturating once it is oversized
  uint32_t line_bytes_ = 0;   // of the unfinished line
  uint32_t oversized_events_ = 0;
  bool has_data_ = false;
  bool has_type_ = false;
  bool after_cr_ = false;
  bool oversized_ = false;
  uint8_t bom_bytes_ =
      0;  // of the byte order mark seen so far; 3: the start of the stream is behind
};

static_assert(sizeof(SseScanner) <= 48, "one lives per open stream");

}  // namespace llmgw::record
