#include "admin-cli/import/yaml_value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

namespace llmgw::admin_cli::migrate {
namespace {

constexpr double kLongestSeconds = 24 * 3600;

std::string WithLine(const std::string& path, int line) {
  return (path.empty() ? "the file" : path) + " (line " + std::to_string(line) + ")";
}

std::string ChildPath(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

}  // namespace

Result<YamlValue> YamlValue::Parse(const std::string& text, const std::string& where,
                                   int first_line) {
  try {
    return YamlValue(YAML::Load(text), where, first_line);
  } catch (const YAML::Exception& e) {
    const int line = e.mark.is_null() ? 0 : e.mark.line;
    return Fail(InvalidArgument(WithLine(where, first_line + line), "can't be read: " + e.msg));
  }
}

int YamlValue::line() const {
  if (!node_.IsDefined() || node_.Mark().is_null()) return first_line_;
  return first_line_ + node_.Mark().line;
}

Error YamlValue::Wrong(std::string message) const {
  return InvalidArgument(WithLine(path_, line()), std::move(message));
}

Result<std::string> YamlValue::Text() const {
  if (unset()) return std::string();
  if (!node_.IsScalar()) return Fail(Wrong("must be a single value"));
  return node_.Scalar();
}

Result<int64_t> YamlValue::Milliseconds() const {
  TRY_ASSIGN(const std::string text, Text());
  if (text.empty()) return 0;
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !std::isfinite(seconds) || seconds < 0 || seconds > kLongestSeconds) {
    return Fail(Wrong("must be a number of seconds from 0 to 86400"));
  }
  return std::llround(seconds * 1000);
}

Result<bool> YamlValue::Flag() const {
  TRY_ASSIGN(std::string text, Text());
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  if (text.empty() || text == "false" || text == "no" || text == "off") return false;
  if (text == "true" || text == "yes" || text == "on") return true;
  return Fail(Wrong("must be true or false"));
}

Result<std::vector<YamlValue>> YamlValue::Items() const {
  std::vector<YamlValue> items;
  if (unset()) return items;
  if (!node_.IsSequence()) return Fail(Wrong("must be a list"));
  for (size_t i = 0; i < node_.size(); ++i)
    items.push_back(Child(node_[i], path_ + "[" + std::to_string(i) + "]"));
  return items;
}

Result<std::vector<std::string>> YamlValue::Words() const {
  if (!unset() && node_.IsScalar()) return SplitWords(node_.Scalar());
  TRY_ASSIGN(const std::vector<YamlValue> items, Items());
  std::vector<std::string> words;
  for (const YamlValue& item : items) {
    TRY_ASSIGN(const std::string text, item.Text());
    for (std::string& word : SplitWords(text)) words.push_back(std::move(word));
  }
  return words;
}

Result<std::vector<std::pair<std::string, YamlValue>>> YamlValue::Fields() const {
  std::vector<std::pair<std::string, YamlValue>> fields;
  if (unset()) return fields;
  if (!node_.IsMap()) return Fail(Wrong("must have fields (name: value)"));
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) return Fail(Wrong("has a field whose name is no text"));
    const std::string& name = entry.first.Scalar();
    YamlValue field = Child(entry.second, ChildPath(path_, name));
    if (!seen.insert(name).second)
      return Fail(Child(entry.first, field.path()).Wrong("stands here twice"));
    fields.emplace_back(name, std::move(field));
  }
  return fields;
}

Result<std::vector<std::pair<std::string, YamlValue>>> YamlValue::Entries() const {
  std::vector<std::pair<std::string, YamlValue>> entries;
  if (unset()) return entries;
  if (!node_.IsMap()) return Fail(Wrong("must be a map"));
  for (const auto& entry : node_) {
    YamlValue value = Child(entry.second, path_ + "[" + std::to_string(entries.size()) + "]");
    if (!entry.first.IsScalar()) return Fail(value.Wrong("has a key that is no text"));
    entries.emplace_back(entry.first.Scalar(), std::move(value));
  }
  return entries;
}

std::vector<std::string> SplitWords(const std::string& text) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t first = part.find_first_not_of(" \t\r\n");
    if (first != std::string::npos)
      words.push_back(part.substr(first, part.find_last_not_of(" \t\r\n") - first + 1));
    begin = end + 1;
  }
  return words;
}

}  // namespace llmgw::admin_cli::migrate
