#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace llmgw::daemon {

// One setting of a daemon's YAML file, with the place it stands at.
struct YamlSetting {
  std::string name;
  std::vector<std::string> values;  // one for a scalar, any number for a sequence
  std::string place;                // "gateway.yaml:12"
};

// Reads a YAML file that is one flat mapping from option names to scalars or sequences of scalars.
// Refuses what is not in `known` (naming the nearest known one), what stands twice, and nested
// mappings; `Error::field` is the place, "gateway.yaml:12".
Result<std::vector<YamlSetting>> ReadYamlSettings(const std::string& path,
                                                  const std::vector<std::string>& known);

}  // namespace llmgw::daemon
