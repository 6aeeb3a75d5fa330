#include "dataplane/parse/form_header.h"

#include <algorithm>

namespace llmgw::parse {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsTokenChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

size_t TokenLength(std::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsTokenChar) -
                             text.begin());
}

}  // namespace

ParameterReader::ParameterReader(std::string_view value) {
  const size_t semicolon = std::min(value.find(';'), value.size());
  type_ = TrimBlanks(value.substr(0, semicolon));
  rest_ = value.substr(semicolon);
}

bool ParameterReader::Next(std::string_view& name, std::string& value) {
  rest_ = TrimBlanks(rest_);
  if (rest_.empty() || malformed_) return false;
  malformed_ = true;  // until this parameter proves well-formed
  if (rest_[0] != ';') return false;
  rest_ = TrimBlanks(rest_.substr(1));
  if (rest_.empty()) {  // a ';' at the very end is common and harmless
    malformed_ = false;
    return false;
  }
  const size_t name_length = TokenLength(rest_);
  if (name_length == 0 || name_length >= rest_.size() || rest_[name_length] != '=') return false;
  name = rest_.substr(0, name_length);
  rest_.remove_prefix(name_length + 1);
  if (!rest_.empty() && rest_[0] == '"') {
    if (!TakeQuoted(value)) return false;
  } else {
    const size_t length = TokenLength(rest_);
    if (length == 0) return false;
    value = rest_.substr(0, length);
    rest_.remove_prefix(length);
  }
  malformed_ = false;
  return true;
}

bool ParameterReader::TakeQuoted(std::string& value) {
  value.clear();
  for (size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '"') {
      rest_.remove_prefix(i + 1);
      return true;
    }
    if (rest_[i] == '\\' && ++i == rest_.size()) return false;
    value += rest_[i];
  }
  return false;
}

bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
         });
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace llmgw::parse
