#include <algorithm>

#include "admin-cli/import/env_file.h"
#include "admin-cli/import/openai_forward_config.h"
#include "admin-cli/import/openai_forward_later.h"
#include "admin-cli/import/openai_forward_values.h"

namespace llmgw::admin_cli::migrate {
namespace {

using EnvMap = std::map<std::string, EnvValue>;

// Takes variables out of the file one by one; what is left at the end was not understood.
class ForwardEnv {
 public:
  explicit ForwardEnv(EnvMap variables) : variables_(std::move(variables)) {}

  Result<ForwardConfig> Read() {
    TRY(ReadAllTargets());
    TRY(ReadPool());
    TRY(ReadClients());
    TRY(ReadStructured("LEVEL_MODELS", ReadLevels));
    config_.allow_addresses = SplitWords(Take("IP_WHITELIST", &config_.allow_place));
    config_.deny_addresses = SplitWords(Take("IP_BLACKLIST", &config_.deny_place));
    config_.proxy = Take("PROXY", &config_.proxy_place);
    TRY(ReadTimeout());
    const bool chat = TakeFlag("LOG_CHAT");
    config_.log_openai = TakeFlag("LOG_OPENAI") || chat;
    config_.log_general = TakeFlag("LOG_GENERAL");
    config_.benchmark = TakeFlag("BENCHMARK_MODE");
    ExplainLeftovers();
    return std::move(config_);
  }

 private:
  using Reader = Status (*)(const YamlValue&, ForwardConfig&);

  bool Has(const std::string& name) const {
    const auto found = variables_.find(name);
    return found != variables_.end() && !found->second.text.empty();
  }
  std::string Take(const std::string& name, Place* place) {
    const auto found = variables_.find(name);
    if (found == variables_.end()) return {};
    const EnvValue value = std::move(found->second);
    variables_.erase(found);
    if (place != nullptr) *place = {name, value.line};
    return value.text;
  }
  // Only "true" switches on.
  bool TakeFlag(const std::string& name) {
    std::string text = Take(name, nullptr);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return text == "true";
  }

  Status ReadStructured(const std::string& name, Reader reader) {
    if (!Has(name)) return {};
    Place place;
    const std::string text = Take(name, &place);
    TRY_ASSIGN(const YamlValue value, YamlValue::Parse(text, name, place.line));
    return reader(value, config_);
  }

  Status ReadAllTargets() {
    if (Has("FORWARD_CONFIG")) {
      for (const char* name :
           {"OPENAI_BASE_URL", "OPENAI_ROUTE_PREFIX", "EXTRA_BASE_URL", "EXTRA_ROUTE_PREFIX"}) {
        if (!Has(name)) continue;
        Place place;
        Take(name, &place);
        config_.not_carried.push_back({place.key, place.line, "FORWARD_CONFIG takes its place"});
      }
      return ReadStructured("FORWARD_CONFIG", ReadTargets);
    }
    if (!Has("OPENAI_BASE_URL")) variables_["OPENAI_BASE_URL"] = {"https://api.openai.com", 0};
    if (!Has("OPENAI_ROUTE_PREFIX")) variables_["OPENAI_ROUTE_PREFIX"] = {"/", 0};
    ReadPairs("OPENAI_BASE_URL", "OPENAI_ROUTE_PREFIX", ForwardTarget::Kind::kOpenai);
    ReadPairs("EXTRA_BASE_URL", "EXTRA_ROUTE_PREFIX", ForwardTarget::Kind::kGeneral);
    return {};
  }

  // Paired by position; what has no partner was dropped there without a word.
  void ReadPairs(const std::string& urls_name, const std::string& prefixes_name,
                 ForwardTarget::Kind kind) {
    Place urls_place, prefixes_place;
    const auto urls = SplitWords(Take(urls_name, &urls_place));
    const auto prefixes = SplitWords(Take(prefixes_name, &prefixes_place));
    const size_t pairs = std::min(urls.size(), prefixes.size());
    for (size_t i = 0; i < pairs; ++i)
      config_.targets.push_back({kind, urls[i], prefixes[i], {}, urls_place});
    if (urls.size() > pairs) {
      config_.not_carried.push_back({urls_name + " (from entry " + std::to_string(pairs + 1) + ")",
                                     urls_place.line, "has no partner in " + prefixes_name});
    }
    if (prefixes.size() > pairs) {
      config_.not_carried.push_back(
          {prefixes_name + " (from entry " + std::to_string(pairs + 1) + ")", prefixes_place.line,
           "has no partner in " + urls_name});
    }
  }

  static bool IsStructured(const std::string& text) {
    const size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{';
  }

  // "a, b", or since 0.7.1 {"a": [levels]}.
  Status ReadPool() {
    for (const char* name : {"OPENAI_API_KEY", "OPENAI_API_KEY_CONFIG"}) {
      if (!Has(name)) continue;
      if (IsStructured(variables_.at(name).text)) {
        TRY(ReadStructured(name, ReadApiKeys));
        continue;
      }
      Place place;
      for (std::string& secret : SplitWords(Take(name, &place)))
        config_.api_keys.push_back({SecretString(std::move(secret)), false, {}, place});
    }
    return {};
  }

  Status ReadClients() {
    for (const char* name : {"FORWARD_KEY", "FORWARD_KEY_CONFIG"}) {
      if (!Has(name)) continue;
      if (IsStructured(variables_.at(name).text)) {
        TRY(ReadStructured(name, ReadForwardKeys));
        continue;
      }
      Place place;
      for (std::string& token : SplitWords(Take(name, &place)))
        config_.forward_keys.push_back({SecretString(std::move(token)), std::nullopt, place});
    }
    return {};
  }

  Status ReadTimeout() {
    if (!Has("TIMEOUT")) return {};
    Place place;
    const std::string text = Take("TIMEOUT", &place);
    TRY_ASSIGN(const YamlValue value, YamlValue::Parse(text, "TIMEOUT", place.line));
    TRY_ASSIGN(config_.connect_timeout_ms, value.Milliseconds());
    return {};
  }

  void ExplainLeftovers() {
    for (const auto& [name, value] : variables_) {
      if (IsOff(value.text)) continue;
      const std::string_view why = WhyNotCarried(name);
      config_.not_carried.push_back(
          {name, value.line,
           why.empty() ? "openai-forward has no variable of this name" : std::string(why)});
    }
  }

  EnvMap variables_;
  ForwardConfig config_;
};

}  // namespace

Result<ForwardConfig> ReadForwardEnv(const std::string& text) {
  TRY_ASSIGN(EnvMap variables, ParseEnvFile(text));
  return ForwardEnv(std::move(variables)).Read();
}

}  // namespace llmgw::admin_cli::migrate
