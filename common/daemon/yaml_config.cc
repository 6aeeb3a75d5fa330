#include "common/daemon/yaml_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "common/text/near_name.h"

namespace llmgw::daemon {
namespace {

std::string Place(const std::string& path, const YAML::Mark& mark) {
  return mark.is_null() ? path : path + ":" + std::to_string(mark.line + 1);
}

Result<std::vector<std::string>> ReadValues(const YAML::Node& node, const std::string& key,
                                            const std::string& place) {
  if (node.IsScalar()) return std::vector<std::string>{node.Scalar()};
  if (node.IsNull()) {
    return Fail(
        InvalidArgument(place, "'" + key + "' has no value; give one or leave the line out"));
  }
  if (node.IsMap()) {
    return Fail(InvalidArgument(place, "'" + key + "' takes a value, not a mapping"));
  }
  std::vector<std::string> values;
  for (const auto& item : node) {
    if (!item.IsScalar()) {
      return Fail(InvalidArgument(place, "'" + key + "' takes a list of plain values"));
    }
    values.push_back(item.Scalar());
  }
  return values;
}

Result<std::vector<YamlSetting>> ReadRoot(const YAML::Node& root, const std::string& path,
                                          const std::vector<std::string>& known) {
  std::vector<YamlSetting> settings;
  if (root.IsNull()) return settings;
  if (!root.IsMap()) {
    return Fail(InvalidArgument(Place(path, root.Mark()), "must be lines of 'option: value'"));
  }
  std::set<std::string> seen;
  for (const auto& entry : root) {
    std::string place = Place(path, entry.first.Mark());
    if (!entry.first.IsScalar()) return Fail(InvalidArgument(place, "an option's name is a word"));
    const std::string& key = entry.first.Scalar();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return Fail(InvalidArgument(
          place, "there is no option '" + key + "'" + text::DidYouMean(key, known)));
    }
    if (!seen.insert(key).second) {
      return Fail(InvalidArgument(place, "'" + key + "' is set a second time here"));
    }
    TRY_ASSIGN(std::vector<std::string> values, ReadValues(entry.second, key, place));
    settings.push_back({key, std::move(values), place});
  }
  return settings;
}

}  // namespace

Result<std::vector<YamlSetting>> ReadYamlSettings(const std::string& path,
                                                  const std::vector<std::string>& known) {
  try {
    return ReadRoot(YAML::LoadFile(path), path, known);
  } catch (const YAML::BadFile&) {
    return Fail(InvalidArgument(path, "can't be read; check that it exists and is readable"));
  } catch (const YAML::Exception& error) {
    return Fail(InvalidArgument(Place(path, error.mark), "is not YAML: " + error.msg));
  }
}

}  // namespace llmgw::daemon
