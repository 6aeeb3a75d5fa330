#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin-cli/import/import_plan.h"
#include "admin-cli/import/planned_keys.h"
#include "common/base/result.h"

// What openai-forward (github.com/KenyonY/openai-forward) was told, whichever of its formats said
// it.
namespace llmgw::admin_cli::migrate {

// Where something stands in the file.
struct Place {
  std::string key;
  int line = 0;
};

struct ForwardTarget {
  enum class Kind {
    kOpenai,   // tokens of FORWARD_KEY become keys of the pool
    kGeneral,  // the client's own token passes
    kOllama,   // a local server that asks for no credential
  };
  Kind kind = Kind::kOpenai;
  std::string base_url;
  std::string prefix;  // "/openai"; "/" for all
  std::vector<std::pair<std::string, std::string>> model_map;
  Place place;
};

struct ForwardApiKey {
  SecretString secret;
  bool has_levels = false;
  std::vector<std::string> levels;
  Place place;
};

struct ForwardClientKey {
  SecretString token;
  std::optional<std::string> level;
  Place place;
};

struct ForwardLevel {
  std::string number;
  std::vector<std::string> models;
  Place place;
};

struct ForwardConfig {
  std::vector<ForwardTarget> targets;
  std::vector<ForwardApiKey> api_keys;
  std::vector<ForwardClientKey> forward_keys;
  std::vector<ForwardLevel> levels;
  std::vector<std::string> allow_addresses, deny_addresses;
  Place allow_place, deny_place;
  std::string proxy;
  Place proxy_place;
  int64_t connect_timeout_ms = 0;  // 0: not said
  bool log_openai = false;
  bool log_general = false;
  bool benchmark = false;
  std::vector<NotCarried> not_carried;
};

// The variables of a .env file, of every version up to 0.8.
Result<ForwardConfig> ReadForwardEnv(const std::string& text);
// openai-forward-config.yaml, of 0.8.2 and later.
Result<ForwardConfig> ReadForwardYaml(const std::string& text);

// The equivalent here: an upstream for each target, a route for each prefix (the one at "/" is the
// route "default"), a level for each of its levels, and a key for each forward key.
Result<ImportPlan> PlanOfForward(ForwardConfig config, ShortTokens short_tokens);

}  // namespace llmgw::admin_cli::migrate
