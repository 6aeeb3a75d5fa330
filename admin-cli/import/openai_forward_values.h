#pragma once

#include "admin-cli/import/openai_forward_config.h"
#include "admin-cli/import/yaml_value.h"

// Parts of the configuration that both formats write alike (JSON, which a variable holds, is YAML).
namespace llmgw::admin_cli::migrate {

// [{base_url, route, type}]
Status ReadTargets(const YamlValue& value, ForwardConfig& config);
// {level: [models]}
Status ReadLevels(const YamlValue& value, ForwardConfig& config);
// {secret: [levels]}
Status ReadApiKeys(const YamlValue& value, ForwardConfig& config);
// {token: level} as up to 0.8.0, or {level: [tokens]} as since.
Status ReadForwardKeys(const YamlValue& value, ForwardConfig& config);

Place PlaceOf(const YamlValue& value);

}  // namespace llmgw::admin_cli::migrate
