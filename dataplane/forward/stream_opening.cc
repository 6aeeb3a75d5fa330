#include "dataplane/forward/stream_opening.h"

#include <algorithm>

namespace llmgw::forward {
namespace {

using net::http1::BodyFraming;
using net::http1::HeaderId;
using net::http1::ParseStatus;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         net::http1::EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

// A line of an event stream (WHATWG HTML 9.2.6) off the front of `rest`. False: its end has not
// come; a CR may be the first half of one.
bool TakeLine(std::string_view& rest, std::string_view& line) {
  const size_t end = rest.find_first_of("\r\n");
  if (end == std::string_view::npos) return false;
  if (rest[end] == '\r' && end + 1 == rest.size()) return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + (rest.substr(end, 2) == "\r\n" ? 2 : 1));
  return true;
}

struct Event {
  std::string_view type;
  std::string_view data;
  std::string lines;  // `data`, where it has several lines

  void Take(std::string_view line) {
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") type = value;
    if (name != "data") return;
    if (data.empty()) {
      data = value;
      return;
    }
    if (lines.empty()) lines = data;
    lines += '\n';
    lines += value;
    data = lines;
  }
};

}  // namespace

AnswerKind KindOf(const net::http1::ResponseHead& head) {
  const net::http1::HeaderView* type = head.Find(HeaderId::kContentType);
  if (type == nullptr) return AnswerKind::kOther;
  const net::http1::HeaderView* coding = head.Find(HeaderId::kContentEncoding);
  if (coding != nullptr && !net::http1::EqualsIgnoreCase(coding->value, "identity"))
    return AnswerKind::kOther;
  if (StartsWithIgnoringCase(type->value, "text/event-stream")) return AnswerKind::kEvents;
  // Not "application/jsonl".
  static constexpr std::string_view kJson = "application/json";
  const bool json = StartsWithIgnoringCase(type->value, kJson) &&
                    (type->value.size() == kJson.size() || type->value[kJson.size()] == ';' ||
                     type->value[kJson.size()] == ' ');
  return json ? AnswerKind::kJson : AnswerKind::kOther;
}

StreamOpening::Verdict StreamOpening::Look(std::string_view raw) {
  switch (framing_) {
    case BodyFraming::kChunked:
      while (!raw.empty()) {
        const net::http1::ChunkDecoder::Step step = decoder_.Next(raw);
        raw.remove_prefix(step.consumed);
        if (!step.data.empty()) {
          const Verdict verdict = Take(step.data);
          if (verdict != Verdict::kUndecided) return verdict;
        }
        if (step.status == ParseStatus::kError) return Verdict::kMalformed;
        if (step.status == ParseStatus::kDone) return AtEnd();
      }
      return Verdict::kUndecided;
    case BodyFraming::kLength: {
      const std::string_view payload =
          raw.substr(0, static_cast<size_t>(std::min<uint64_t>(raw.size(), remaining_)));
      remaining_ -= payload.size();
      const Verdict verdict = Take(payload);
      return verdict == Verdict::kUndecided && remaining_ == 0 ? AtEnd() : verdict;
    }
    case BodyFraming::kUntilClose:
      return Take(raw);
    case BodyFraming::kNone:
      break;
  }
  return Verdict::kContent;
}

StreamOpening::Verdict StreamOpening::AtClose() {
  return framing_ == BodyFraming::kUntilClose ? AtEnd() : Verdict::kUndecided;
}

StreamOpening::Verdict StreamOpening::WithoutMore() {
  if (is_error_) status_ = kUnknownFailure;
  return is_error_ ? Verdict::kError : Verdict::kContent;
}

StreamOpening::Verdict StreamOpening::Take(std::string_view payload) {
  return kind_ == AnswerKind::kEvents ? TakeEvents(payload) : TakeDocument(payload);
}

StreamOpening::Verdict StreamOpening::TakeEvents(std::string_view payload) {
  // Usually an event lies in one read: then nothing is copied.
  if (!unfinished_.empty()) unfinished_ += payload;
  std::string_view rest = unfinished_.empty() ? payload : std::string_view(unfinished_);
  std::string_view next = rest;
  Event event;
  std::string_view line;
  while (TakeLine(next, line)) {
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (!line.empty()) {
      event.Take(line);
      continue;
    }
    const Verdict verdict = Judge(event.type, event.data);
    if (verdict != Verdict::kUndecided) return verdict;
    event = {};
    rest = next;
  }
  unfinished_ = std::string(rest);
  return Verdict::kUndecided;
}

StreamOpening::Verdict StreamOpening::TakeDocument(std::string_view payload) {
  // Some send white space for as long as they think.
  if (unfinished_.empty())
    payload.remove_prefix(std::min(payload.find_first_not_of(" \t\r\n"), payload.size()));
  if (!unfinished_.empty()) unfinished_ += payload;
  const std::string_view beginning = unfinished_.empty() ? payload : std::string_view(unfinished_);
  const Sign sign = is_error_ ? Sign::kError : ReadDocumentSign(beginning);
  if (sign == Sign::kContent) return Verdict::kContent;
  // What kind of error it is, all of it tells.
  is_error_ = sign == Sign::kError;
  if (unfinished_.empty()) unfinished_ = beginning;
  return Verdict::kUndecided;
}

StreamOpening::Verdict StreamOpening::Judge(std::string_view type, std::string_view data) {
  const EventSign sign = ReadSign(type, data);
  switch (sign.sign) {
    case Sign::kNothing:
      break;
    case Sign::kContent:
      return Verdict::kContent;
    case Sign::kError:
      status_ = sign.status;
      return Verdict::kError;
    case Sign::kEnd:
      return Verdict::kEmpty;
  }
  return Verdict::kUndecided;
}

StreamOpening::Verdict StreamOpening::AtEnd() {
  if (kind_ == AnswerKind::kJson) {
    if (is_error_) status_ = ReadSign("error", unfinished_).status;
    return is_error_ ? Verdict::kError : Verdict::kContent;
  }
  // An event whose last empty line is missing counts all the same: some end so.
  const Verdict verdict = unfinished_.empty() ? Verdict::kUndecided : TakeEvents("\n\n\n");
  return verdict == Verdict::kUndecided ? Verdict::kEmpty : verdict;
}

}  // namespace llmgw::forward
