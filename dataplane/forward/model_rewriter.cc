#include "dataplane/forward/model_rewriter.h"

#include <algorithm>

#include "dataplane/forward/json_text.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kData = "data";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
// A byte of text takes six in JSON at most: \u00XX.
constexpr size_t kMostPerByte = 6;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool EndsLine(char c) { return c == '\n' || c == '\r'; }

}  // namespace

ModelRewriter::ModelRewriter(Format format, std::string_view upstreams_name,
                             std::string_view clients_name)
    : format_(format),
      name_(upstreams_name),
      replacement_(QuotedJson(clients_name)),
      most_held_(kMostPerByte * name_.size() + 2) {}

void ModelRewriter::Rewrite(std::string_view in, std::string& out) {
  if (format_ == Format::kEvents) return RewriteEvents(in, out);
  RewriteJson(in, out);
}

void ModelRewriter::Flush(std::string& out) { LetGo(out); }

// What is held turns out not to be the name.
void ModelRewriter::LetGo(std::string& out) {
  out += held_;
  held_.clear();
  if (json_ == Json::kName) json_ = Json::kString;
}

void ModelRewriter::RewriteEvents(std::string_view in, std::string& out) {
  while (!in.empty()) {
    if (EndsLine(in.front())) {
      const bool second_half = after_cr_ && in.front() == '\n';
      after_cr_ = in.front() == '\r';
      if (!second_half) EndLine(out);
      out += in.front();
      in.remove_prefix(1);
      continue;
    }
    after_cr_ = false;
    if (line_ == Line::kStart || line_ == Line::kAfterData) {
      // One byte: of the field's name, or the space that may follow its colon.
      if (InLine(in.front())) {
        out += in.front();
        in.remove_prefix(1);
        continue;
      }
    }
    const std::string_view rest = in.substr(0, in.find_first_of("\r\n"));
    if (line_ == Line::kData) {
      RewriteJson(rest, out);
    } else {
      out += rest;
    }
    in.remove_prefix(rest.size());
  }
}

// A byte at a line's beginning. False: it belongs to what comes then.
bool ModelRewriter::InLine(char c) {
  if (line_ == Line::kAfterData) {
    line_ = Line::kData;
    return c == ' ';
  }
  if (marks_ < kByteOrderMark.size()) {
    if (c == kByteOrderMark[marks_]) {
      ++marks_;
      return true;
    }
    const bool cut_off = marks_ != 0;
    marks_ = kByteOrderMark.size();
    if (cut_off) {
      line_ = Line::kOther;
      return true;
    }
  }
  if (field_bytes_ == kData.size() && c == ':') {
    line_ = Line::kAfterData;
  } else if (field_bytes_ < kData.size() && c == kData[field_bytes_]) {
    ++field_bytes_;
  } else {
    line_ = Line::kOther;
  }
  return true;
}

void ModelRewriter::EndLine(std::string& out) {
  // No string goes over the end of a line.
  LetGo(out);
  if (line_ == Line::kStart && field_bytes_ == 0) EndEvent();
  if (marks_ < kByteOrderMark.size()) marks_ = kByteOrderMark.size();
  line_ = Line::kStart;
  field_bytes_ = 0;
}

void ModelRewriter::EndEvent() {
  json_ = Json::kStart;
  level_ = 0;
  nested_ = 0;
  escaped_ = false;
}

void ModelRewriter::RewriteJson(std::string_view json, std::string& out) {
  size_t passed = 0;  // what is before this is in `out`, or held
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (json_ == Json::kDone) break;
    if (json_ == Json::kName) {
      HoldName(c, out);
      passed = at + 1;
      continue;
    }
    Structure(c);
    if (json_ != Json::kName) continue;
    out += json.substr(passed, at - passed);
    held_ = c;
    passed = at + 1;
  }
  out += json.substr(std::min(passed, json.size()));
}

void ModelRewriter::HoldName(char c, std::string& out) {
  held_ += c;
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    const bool plain = held_.find('\\') == std::string::npos;
    const bool same = plain ? std::string_view(held_).substr(1, held_.size() - 2) == name_
                            : UnquotedJson(held_) == name_;
    out += same ? replacement_ : held_;
    held_.clear();
    json_ = Json::kDone;
    return;
  }
  if (held_.size() > most_held_) LetGo(out);
}

// One byte of anything but a name.
void ModelRewriter::Structure(char c) {
  switch (json_) {
    case Json::kStart:
      if (c == '{') {
        level_ = 1;
        json_ = Json::kBeforeKey;
      } else if (!IsSpace(c) && kByteOrderMark.find(c) == std::string_view::npos) {
        json_ = Json::kDone;
      }
      return;
    case Json::kBeforeKey:
      if (c == '"') {
        key_bytes_ = 0;
        json_ = Json::kKey;
      } else if (c == '}') {
        EndObject();
      }
      return;
    case Json::kKey:
      if (c == '"' && !escaped_) return EndKey();
      escaped_ = c == '\\' && !escaped_;
      // One that is too long, or has escapes, is none of ours.
      if (key_bytes_ < key_.size()) key_[key_bytes_] = c;
      key_bytes_ = static_cast<uint8_t>(std::min<size_t>(key_bytes_ + 1U, key_.size() + 1));
      return;
    case Json::kColon:
      if (c == ':') json_ = Json::kValue;
      return;
    case Json::kValue: {
      const std::string_view key(key_.data(), std::min<size_t>(key_bytes_, key_.size()));
      const bool whole = key_bytes_ <= key_.size();
      if (c == '"') {
        json_ = whole && key == "model" ? Json::kName : Json::kString;
      } else if (c == '{' && level_ == 1 && whole && (key == "message" || key == "response")) {
        level_ = 2;
        json_ = Json::kBeforeKey;
      } else if (c == '{' || c == '[') {
        nested_ = 1;
        json_ = Json::kNested;
      } else if (!IsSpace(c)) {
        json_ = Json::kAfterValue;
      }
      return;
    }
    case Json::kString:
    case Json::kNestedString:
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        json_ = json_ == Json::kString ? Json::kAfterValue : Json::kNested;
      }
      return;
    case Json::kNested:
      if (c == '"') json_ = Json::kNestedString;
      if (c == '{' || c == '[') ++nested_;
      if ((c == '}' || c == ']') && --nested_ == 0) json_ = Json::kAfterValue;
      return;
    case Json::kAfterValue:
      if (c == ',') json_ = Json::kBeforeKey;
      if (c == '}') EndObject();
      return;
    case Json::kName:
    case Json::kDone:
      return;
  }
}

void ModelRewriter::EndKey() {
  escaped_ = false;
  json_ = Json::kColon;
}

void ModelRewriter::EndObject() {
  --level_;
  json_ = level_ == 0 ? Json::kDone : Json::kAfterValue;
}

}  // namespace llmgw::forward
