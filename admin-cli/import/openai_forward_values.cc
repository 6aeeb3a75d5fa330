#include "admin-cli/import/openai_forward_values.h"

namespace llmgw::admin_cli::migrate {
namespace {

void LeaveOut(const YamlValue& value, std::string reason, ForwardConfig& config) {
  config.not_carried.push_back({value.path(), value.line(), std::move(reason)});
}

Status ReadModelMap(const YamlValue& value, ForwardTarget& target) {
  TRY_ASSIGN(const auto entries, value.Fields());
  for (const auto& [alias, name] : entries) {
    TRY_ASSIGN(std::string model, name.Text());
    target.model_map.emplace_back(alias, std::move(model));
  }
  return {};
}

}  // namespace

Place PlaceOf(const YamlValue& value) { return {value.path(), value.line()}; }

Status ReadTargets(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto items, value.Items());
  for (const YamlValue& item : items) {
    ForwardTarget target;
    target.place = PlaceOf(item);
    std::string type = "openai";
    std::string backend;
    TRY_ASSIGN(const auto fields, item.Fields());
    for (const auto& [name, field] : fields) {
      if (name == "base_url") {
        TRY_ASSIGN(target.base_url, field.Text());
      } else if (name == "route") {
        TRY_ASSIGN(target.prefix, field.Text());
      } else if (name == "type") {
        TRY_ASSIGN(type, field.Text());
      } else if (name == "backend") {
        TRY_ASSIGN(backend, field.Text());
      } else if (name == "model_map") {
        TRY(ReadModelMap(field, target));
      } else {
        LeaveOut(field, "openai-forward has no key of this name", config);
      }
    }
    if (target.base_url.empty()) return Fail(item.Wrong("has no base_url"));
    if (type == "custom" && backend == "ollama") {
      target.kind = ForwardTarget::Kind::kOllama;
    } else if (type == "custom") {
      LeaveOut(item,
               "targets of type custom are carried over for the backend ollama only; see llmctl "
               "upstream add --help for other kinds",
               config);
      continue;
    } else if (type == "general") {
      target.kind = ForwardTarget::Kind::kGeneral;
    } else if (type != "openai") {
      return Fail(item.Wrong("has a type that is none of openai, general, custom"));
    }
    config.targets.push_back(std::move(target));
  }
  return {};
}

Status ReadLevels(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto entries, value.Fields());
  for (const auto& [number, models] : entries) {
    TRY_ASSIGN(auto words, models.Words());
    config.levels.push_back({number, std::move(words), PlaceOf(models)});
  }
  return {};
}

Status ReadApiKeys(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto entries, value.Entries());
  for (const auto& [secret, levels] : entries) {
    ForwardApiKey key;
    key.secret = SecretString(secret);
    key.has_levels = true;
    TRY_ASSIGN(key.levels, levels.Words());
    key.place = PlaceOf(levels);
    config.api_keys.push_back(std::move(key));
  }
  return {};
}

Status ReadForwardKeys(const YamlValue& value, ForwardConfig& config) {
  TRY_ASSIGN(const auto entries, value.Entries());
  for (const auto& [name, entry] : entries) {
    const auto level = entry.Text();
    if (level && !entry.unset()) {
      config.forward_keys.push_back({SecretString(name), *level, PlaceOf(entry)});
      continue;
    }
    TRY_ASSIGN(const auto tokens, entry.Words());
    for (const std::string& token : tokens)
      config.forward_keys.push_back({SecretString(token), name, PlaceOf(entry)});
  }
  return {};
}

}  // namespace llmgw::admin_cli::migrate
