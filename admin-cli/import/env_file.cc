#include "admin-cli/import/env_file.h"

#include <algorithm>

namespace llmgw::admin_cli::migrate {
namespace {

using Variables = std::map<std::string, EnvValue>;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// Replaces ${NAME} and ${NAME:-default}. A variable that the file does not set has its default, or
// nothing.
std::string Expanded(const std::string& text, const Variables& known) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t close = text.compare(i, 2, "${") == 0 ? text.find('}', i) : std::string::npos;
    if (close == std::string::npos) {
      out += text[i++];
      continue;
    }
    const std::string inside = text.substr(i + 2, close - i - 2);
    const size_t otherwise = inside.find(":-");
    const auto found = known.find(inside.substr(0, otherwise));
    if (found != known.end()) {
      out += found->second.text;
    } else if (otherwise != std::string::npos) {
      out += inside.substr(otherwise + 2);
    }
    i = close + 1;
  }
  return out;
}

class EnvReader {
 public:
  explicit EnvReader(std::string_view text) : text_(text) {}

  Result<Variables> Read() {
    while (SkipToStatement()) TRY(ReadStatement());
    return std::move(variables_);
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\n' : text_[at_]; }
  char Take() {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    return c;
  }
  void SkipBlanks() {
    while (!AtEnd() && IsBlank(Peek())) Take();
  }
  void SkipLine() {
    while (!AtEnd() && Take() != '\n') {
    }
  }
  tl::unexpected<Error> Wrong(const std::string& name, int line, std::string message) const {
    const std::string where = "line " + std::to_string(line);
    return Fail(
        InvalidArgument(name.empty() ? where : name + " (" + where + ")", std::move(message)));
  }

  // False at the end of the text.
  bool SkipToStatement() {
    if (at_ == 0 && text_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;
    while (!AtEnd()) {
      SkipBlanks();
      if (AtEnd()) break;
      if (Peek() == '\n') {
        Take();
      } else if (Peek() == '#') {
        SkipLine();
      } else {
        return true;
      }
    }
    return false;
  }

  std::string ReadName() {
    std::string name;
    while (!AtEnd() && IsNameCharacter(Peek())) name += Take();
    return name;
  }

  Status ReadStatement() {
    const int line = line_;
    std::string name = ReadName();
    if (name == "export" && IsBlank(Peek())) {
      SkipBlanks();
      name = ReadName();
    }
    SkipBlanks();
    if (name.empty()) return Wrong("", line, "is no NAME=VALUE");
    if (Peek() != '=') return Wrong("", line, "has no '=' behind the name");
    Take();
    SkipBlanks();
    EnvValue value;
    value.line = line_;
    if (Peek() == '\'' || Peek() == '"') {
      TRY_ASSIGN(value.text, ReadQuoted(name));
    } else {
      value.text = Expanded(ReadPlain(), variables_);
    }
    variables_[name] = std::move(value);
    return {};
  }

  std::string ReadPlain() {
    const size_t begin = at_;
    while (!AtEnd() && Peek() != '\n') {
      // A comment begins behind a blank only.
      if (Peek() == '#' && (at_ == begin || IsBlank(text_[at_ - 1]))) break;
      Take();
    }
    std::string text(text_.substr(begin, at_ - begin));
    SkipLine();
    while (!text.empty() && IsBlank(text.back())) text.pop_back();
    return text;
  }

  Result<std::string> ReadQuoted(const std::string& name) {
    const int line = line_;
    const char quote = Take();
    std::string text;
    while (true) {
      if (AtEnd()) return Wrong(name, line, "has no closing quote");
      char c = Take();
      if (c == quote) break;
      if (c == '\\' && !AtEnd()) {
        const char next = Take();
        text += Unescaped(quote, next);
        continue;
      }
      text += c;
    }
    SkipBlanks();
    if (!AtEnd() && Peek() != '\n' && Peek() != '#')
      return Wrong(name, line_, "has something behind its closing quote");
    SkipLine();
    return quote == '"' ? Expanded(text, variables_) : text;
  }

  static std::string Unescaped(char quote, char escaped) {
    static constexpr std::string_view kLetters = "abfnrtv";
    static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v";
    if (escaped == '\\' || escaped == quote) return std::string(1, escaped);
    const size_t letter = quote == '"' ? kLetters.find(escaped) : std::string_view::npos;
    if (letter != std::string_view::npos) return std::string(1, kMeanings[letter]);
    return std::string("\\") + escaped;
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  Variables variables_;
};

}  // namespace

Result<std::map<std::string, EnvValue>> ParseEnvFile(std::string_view text) {
  return EnvReader(text).Read();
}

}  // namespace llmgw::admin_cli::migrate
