#include "admin-cli/import/openai_forward_config.h"
#include "admin-cli/import/openai_forward_later.h"
#include "admin-cli/import/openai_forward_values.h"

namespace llmgw::admin_cli::migrate {
namespace {

Status ReadLog(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto fields, value.Fields());
  for (const auto& [name, field] : fields) {
    TRY_ASSIGN(const bool on, field.Flag());
    if (name == "openai") config.log_openai = on;
    if (name == "general") config.log_general = on;
  }
  return {};
}

Status ReadApiKeySection(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto fields, value.Fields());
  for (const auto& [name, field] : fields) {
    if (name == "level") {
      TRY(ReadLevels(field, config));
    } else if (name == "openai_key") {
      TRY(ReadApiKeys(field, config));
    } else if (name == "forward_key") {
      TRY(ReadForwardKeys(field, config));
    } else {
      config.not_carried.push_back(
          {field.path(), field.line(), "openai-forward has no key of this name"});
    }
  }
  return {};
}

Status ReadTopField(const std::string& name, const YamlValue& field, ForwardConfig& config) {
  if (name == "forward") return ReadTargets(field, config);
  if (name == "api_key") return ReadApiKeySection(field, config);
  if (name == "log") return ReadLog(field, config);
  if (name == "benchmark_mode") {
    TRY_ASSIGN(config.benchmark, field.Flag());
  } else if (name == "timeout") {
    TRY_ASSIGN(config.connect_timeout_ms, field.Milliseconds());
  } else if (name == "proxy") {
    TRY_ASSIGN(config.proxy, field.Text());
    config.proxy_place = PlaceOf(field);
  } else if (name == "ip_whitelist") {
    TRY_ASSIGN(config.allow_addresses, field.Words());
    config.allow_place = PlaceOf(field);
  } else if (name == "ip_blacklist") {
    TRY_ASSIGN(config.deny_addresses, field.Words());
    config.deny_place = PlaceOf(field);
  } else if (!field.unset()) {
    const auto text = field.Text();
    if (text && IsOff(*text)) return {};
    std::string_view why = WhyNotCarried(name);
    if (why.empty()) why = "openai-forward has no key of this name";
    config.not_carried.push_back({field.path(), field.line(), std::string(why)});
  }
  return {};
}

}  // namespace

Result<ForwardConfig> ReadForwardYaml(const std::string& text) {
  TRY_ASSIGN(const YamlValue root, YamlValue::Parse(text, ""));
  TRY_ASSIGN(const auto fields, root.Fields());
  ForwardConfig config;
  for (const auto& [name, field] : fields) TRY(ReadTopField(name, field, config));
  if (config.targets.empty()) return Fail(root.Wrong("has no targets under forward"));
  return config;
}

}  // namespace llmgw::admin_cli::migrate
