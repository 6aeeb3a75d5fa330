#include "dataplane/parse/body_peek.h"

#include <string>
#include <utility>

#include "dataplane/parse/json_skip.h"

namespace llmgw::parse {
namespace {

constexpr size_t kMaxModelBytes = 1024;
constexpr size_t kMaxUserBytes = 256;
// Six characters, each as \uXXXX: no longer key can be one of those that matter for access.
constexpr size_t kMaxRawKeyBytes = 36;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class Key { kOther, kModel, kStream, kUser, kSafetyIdentifier, kLikeModel, kLikeStream };

// Go's decoder matches keys under Unicode simple folding: besides ASCII case that makes U+017F an
// 's'.
std::string Fold(std::string_view key) {
  std::string folded;
  for (size_t i = 0; i < key.size(); ++i) {
    if (key.substr(i, 2) == "\xc5\xbf") {
      folded += 's';
      ++i;
    } else {
      folded += key[i] >= 'A' && key[i] <= 'Z' ? static_cast<char>(key[i] | 0x20) : key[i];
    }
  }
  return folded;
}

Key KeyOf(std::string_view key) {
  if (key == "model") return Key::kModel;
  if (key == "stream") return Key::kStream;
  if (key == "user") return Key::kUser;
  if (key == "safety_identifier") return Key::kSafetyIdentifier;
  if (key.size() < 5 || key.size() > 7) return Key::kOther;
  const std::string folded = Fold(key);
  if (folded == "model") return Key::kLikeModel;
  if (folded == "stream") return Key::kLikeStream;
  return Key::kOther;
}

// RFC 8259 6.
bool IsNumber(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return at > begin;
  };
  if (at < text.size() && text[at] == '-') ++at;
  const size_t integer = at;
  if (!digits() || (text[integer] == '0' && at > integer + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

// One walk over the members of the top-level object. Steps return kComplete to go on, and anything
// else to stop with it.
class JsonPeeker {
 public:
  JsonPeeker(std::string_view body, bool is_whole_body, BodyFacts& facts)
      : begin_(body.data()),
        p_(body.data()),
        end_(body.data() + body.size()),
        is_whole_body_(is_whole_body),
        facts_(facts) {}

  PeekStatus Run() {
    SkipByteOrderMark();
    if (const PeekStatus status = Expect('{'); status != PeekStatus::kComplete) return status;
    if (!SkipSpace()) return EndOfInput();
    if (*p_ == '}') {
      ++p_;
      return CheckRest();
    }
    while (true) {
      if (const PeekStatus status = Member(); status != PeekStatus::kComplete) return status;
      if (!SkipSpace()) return EndOfInput();
      const char c = *p_++;
      if (c == '}') return CheckRest();
      if (c != ',') return PeekStatus::kNotJson;
    }
  }

 private:
  enum class Value { kString, kNested, kTrue, kFalse, kNull, kNumber };

  PeekStatus EndOfInput() const {
    return is_whole_body_ ? PeekStatus::kNotJson : PeekStatus::kNeedMore;
  }

  void SkipByteOrderMark() {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    const std::string_view body(begin_, static_cast<size_t>(end_ - begin_));
    if (body.substr(0, kMark.size()) == kMark) {
      p_ += kMark.size();
    } else if (!is_whole_body_ && !body.empty() && body == kMark.substr(0, body.size())) {
      p_ = end_;  // more of it may come
    }
  }

  // False at the end of the input.
  bool SkipSpace() {
    while (p_ < end_ && IsSpace(*p_)) ++p_;
    return p_ < end_;
  }

  PeekStatus Expect(char c) {
    if (!SkipSpace()) return EndOfInput();
    return *p_++ == c ? PeekStatus::kComplete : PeekStatus::kNotJson;
  }

  PeekStatus CheckRest() { return SkipSpace() ? PeekStatus::kNotJson : PeekStatus::kComplete; }

  // Takes a string whose opening quote is next; `raw` is its inside.
  PeekStatus TakeString(std::string_view& raw) {
    const char* close = FindStringEnd(p_ + 1, end_);
    if (close == nullptr) return EndOfInput();
    raw = {p_ + 1, static_cast<size_t>(close - p_ - 1)};
    p_ = close + 1;
    return PeekStatus::kComplete;
  }

  PeekStatus TakeKey(Key& key) {
    if (!SkipSpace()) return EndOfInput();
    if (*p_ != '"') return PeekStatus::kNotJson;
    std::string_view raw;
    if (const PeekStatus status = TakeString(raw); status != PeekStatus::kComplete) return status;
    key = Key::kOther;
    if (raw.size() <= kMaxRawKeyBytes) {
      if (raw.find('\\') == std::string_view::npos) {
        key = KeyOf(raw);
      } else {
        std::string decoded;
        // A key with a broken escape is read as anything by lenient parsers.
        if (!DecodeJsonString(raw, decoded)) return PeekStatus::kNotJson;
        key = KeyOf(decoded);
      }
    }
    return Expect(':');
  }

  // Takes any value. `raw` is the inside of a string, else unset.
  PeekStatus TakeValue(Value& value, std::string_view& raw) {
    if (!SkipSpace()) return EndOfInput();
    if (*p_ == '"') {
      value = Value::kString;
      return TakeString(raw);
    }
    if (*p_ == '{' || *p_ == '[') {
      value = Value::kNested;
      switch (SkipNested(p_, end_)) {
        case SkipResult::kDone:
          return PeekStatus::kComplete;
        case SkipResult::kEndOfInput:
          return EndOfInput();
        case SkipResult::kBroken:
          return PeekStatus::kNotJson;
        case SkipResult::kTooDeep:
          return PeekStatus::kTooDeep;
      }
    }
    const char* begin = p_;
    while (p_ < end_ && !IsSpace(*p_) && *p_ != ',' && *p_ != '}') ++p_;
    if (p_ == end_) return EndOfInput();
    const std::string_view token(begin, static_cast<size_t>(p_ - begin));
    if (token == "true") {
      value = Value::kTrue;
    } else if (token == "false") {
      value = Value::kFalse;
    } else if (token == "null") {
      value = Value::kNull;
    } else if (IsNumber(token)) {
      value = Value::kNumber;
    } else {
      return PeekStatus::kNotJson;
    }
    return PeekStatus::kComplete;
  }

  PeekStatus Member() {
    Key key;
    if (const PeekStatus status = TakeKey(key); status != PeekStatus::kComplete) return status;
    if (!SkipSpace()) return EndOfInput();
    const size_t value_begin = static_cast<size_t>(p_ - begin_);
    Value value;
    std::string_view raw;
    const PeekStatus status = TakeValue(value, raw);
    if (status != PeekStatus::kComplete) return status;
    switch (key) {
      case Key::kOther:
        return PeekStatus::kComplete;
      case Key::kModel:
        return OnModel(value, raw, value_begin);
      case Key::kStream:
        return OnStream(value);
      case Key::kUser:
        if (value == Value::kString) OnUser(raw);
        return PeekStatus::kComplete;
      case Key::kSafetyIdentifier:
        if (value == Value::kString && facts_.user.empty()) OnUser(raw);
        return PeekStatus::kComplete;
      case Key::kLikeModel:
        return PeekStatus::kDuplicateModel;
      case Key::kLikeStream:
        return PeekStatus::kDuplicateStream;
    }
    return PeekStatus::kComplete;
  }

  PeekStatus OnModel(Value value, std::string_view raw, size_t value_begin) {
    if (std::exchange(seen_model_, true)) {
      facts_.has_model = false;
      facts_.model.clear();
      return PeekStatus::kDuplicateModel;
    }
    if (value == Value::kNull) return PeekStatus::kComplete;  // as if it were not there
    if (value != Value::kString) return PeekStatus::kModelNotString;
    // Six raw bytes at most make one decoded byte.
    if (raw.size() > kMaxModelBytes * 6 || !DecodeJsonString(raw, facts_.model) ||
        facts_.model.size() > kMaxModelBytes || !IsCleanUtf8(facts_.model)) {
      facts_.model.clear();
      return PeekStatus::kModelInvalid;
    }
    facts_.has_model = true;
    facts_.model_begin = value_begin;
    facts_.model_end = static_cast<size_t>(p_ - begin_);
    return PeekStatus::kComplete;
  }

  PeekStatus OnStream(Value value) {
    if (std::exchange(seen_stream_, true)) return PeekStatus::kDuplicateStream;
    if (value != Value::kTrue && value != Value::kFalse && value != Value::kNull) {
      return PeekStatus::kStreamNotBool;
    }
    facts_.stream = value == Value::kTrue;
    return PeekStatus::kComplete;
  }

  void OnUser(std::string_view raw) {
    if (raw.size() > kMaxUserBytes || !DecodeJsonString(raw, facts_.user) ||
        !IsCleanUtf8(facts_.user)) {
      facts_.user.clear();
    }
  }

  const char* const begin_;
  const char* p_;
  const char* const end_;
  const bool is_whole_body_;
  BodyFacts& facts_;
  bool seen_model_ = false;
  bool seen_stream_ = false;
};

}  // namespace

void BodyFacts::Clear() {
  model.clear();
  has_model = false;
  stream = false;
  model_begin = model_end = 0;
  user.clear();
}

PeekStatus PeekJson(std::string_view prefix, bool is_whole_body, BodyFacts& out) {
  out.Clear();
  return JsonPeeker(prefix, is_whole_body, out).Run();
}

std::string_view Slug(PeekStatus status) {
  switch (status) {
    case PeekStatus::kComplete:
    case PeekStatus::kNeedMore:
      return "";
    case PeekStatus::kNotJson:
      return "body_not_json_object";
    case PeekStatus::kNotMultipart:
      return "body_not_multipart";
    case PeekStatus::kTooDeep:
      return "body_too_deep";
    case PeekStatus::kDuplicateModel:
      return "duplicate_model";
    case PeekStatus::kDuplicateStream:
      return "duplicate_stream";
    case PeekStatus::kModelNotString:
      return "model_not_string";
    case PeekStatus::kModelInvalid:
      return "model_invalid";
    case PeekStatus::kStreamNotBool:
      return "stream_not_bool";
  }
  return "";
}

std::string_view Field(PeekStatus status) {
  switch (status) {
    case PeekStatus::kDuplicateModel:
    case PeekStatus::kModelNotString:
    case PeekStatus::kModelInvalid:
      return "model";
    case PeekStatus::kDuplicateStream:
    case PeekStatus::kStreamNotBool:
      return "stream";
    case PeekStatus::kComplete:
    case PeekStatus::kNeedMore:
    case PeekStatus::kNotJson:
    case PeekStatus::kNotMultipart:
    case PeekStatus::kTooDeep:
      return "";
  }
  return "";
}

}  // namespace llmgw::parse
