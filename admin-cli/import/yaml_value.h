#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace llmgw::admin_cli::migrate {

// A value of a YAML (or JSON) document and where it stands, so that every complaint names key and
// line. Complaints never quote values: they may be secrets.
class YamlValue {
 public:
  // kInvalidArgument on `where` for what is no YAML. `first_line` is the line of the whole file
  // that the text begins in.
  static Result<YamlValue> Parse(const std::string& text, const std::string& where,
                                 int first_line = 1);

  // An absent value: unset(), empty list, empty text.
  YamlValue() = default;

  const std::string& path() const { return path_; }
  int line() const;
  bool unset() const { return !node_.IsDefined() || node_.IsNull(); }
  bool is_map() const { return node_.IsDefined() && node_.IsMap(); }
  Error Wrong(std::string message) const;

  Result<std::string> Text() const;
  // A number of seconds, with a fraction or without; at most a day.
  Result<int64_t> Milliseconds() const;
  Result<bool> Flag() const;
  Result<std::vector<YamlValue>> Items() const;
  // A list, or one text with commas. White space around the parts and empty parts go.
  Result<std::vector<std::string>> Words() const;
  // The fields by name, in their order; a name that stands twice is refused.
  Result<std::vector<std::pair<std::string, YamlValue>>> Fields() const;
  // A map whose keys may be secrets: places are counted, not named.
  Result<std::vector<std::pair<std::string, YamlValue>>> Entries() const;

 private:
  YamlValue(YAML::Node node, std::string path, int first_line)
      : node_(std::move(node)), path_(std::move(path)), first_line_(first_line) {}
  YamlValue Child(const YAML::Node& node, std::string path) const {
    return {node, std::move(path), first_line_};
  }

  YAML::Node node_{YAML::NodeType::Undefined};
  std::string path_;
  int first_line_ = 1;
};

// The parts of a text with commas, without white space around them and without empty ones.
std::vector<std::string> SplitWords(const std::string& text);

}  // namespace llmgw::admin_cli::migrate
