#include "admin-cli/import/openai_forward_later.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace llmgw::admin_cli::migrate {
namespace {

constexpr std::string_view kLimits = "rate limits are not supported yet";
constexpr std::string_view kCache = "a cache of answers is not supported yet";
constexpr std::string_view kPaths =
    "needs no equivalent: logs and levels are about every path, whatever its name";
constexpr std::string_view kTls = "TLS is the dataplane's: --tls-cert and --tls-key";

using Why = std::pair<std::string_view, std::string_view>;

// Both formats' names; those of the YAML with the section before them.
constexpr std::array<Why, 37> kReasons{{
    {"REQ_RATE_LIMIT", kLimits},
    {"GLOBAL_RATE_LIMIT", kLimits},
    {"RATE_LIMIT_STRATEGY", kLimits},
    {"REQ_RATE_LIMIT_BACKEND", kLimits},
    {"TOKEN_RATE_LIMIT", kLimits},
    {"ITER_CHUNK_TYPE", "events of a stream are relayed as they come"},
    {"rate_limit", kLimits},
    {"CACHE_CHAT_COMPLETION", kCache},
    {"CACHE_OPENAI", kCache},
    {"CACHE_GENERAL", kCache},
    {"CACHE_EMBEDDING", kCache},
    {"CACHE_ROUTES", kCache},
    {"CACHE_BACKEND", kCache},
    {"CACHE_ROOT_PATH_OR_URL", kCache},
    {"DEFAULT_REQUEST_CACHING_VALUE", kCache},
    {"LOG_CACHE_DB_INFO", kCache},
    {"cache", kCache},
    {"log_cache_db_info", kCache},
    {"CHAT_COMPLETION_ROUTE", kPaths},
    {"COMPLETION_ROUTE", kPaths},
    {"EMBEDDING_ROUTE", kPaths},
    {"CUSTOM_GENERAL_ROUTE", kPaths},
    {"chat_completion_route", kPaths},
    {"completion_route", kPaths},
    {"embedding_route", kPaths},
    {"custom_general_route", kPaths},
    {"PRINT_CHAT", "nothing is printed; see llmctl logs tail"},
    {"print_chat", "nothing is printed; see llmctl logs tail"},
    {"TZ", "times are shown in the time zone of whoever reads them"},
    {"tz", "times are shown in the time zone of whoever reads them"},
    {"ssl_keyfile", kTls},
    {"ssl_certfile", kTls},
    {"DEFAULT_STREAM_RESPONSE", "a request without \"stream\" is sent on as it is"},
    {"default_stream_response", "a request without \"stream\" is sent on as it is"},
    {"custom_model_config",
     "add the server as an upstream: llmctl upstream add ollama --endpoint http://HOST:11434/v1 "
     "--credential-mode none"},
    {"webui_restart_port", "there is no web interface"},
    {"webui_log_port", "there is no web interface"},
}};

}  // namespace

std::string_view WhyNotCarried(std::string_view name) {
  const auto* const found = std::find_if(kReasons.begin(), kReasons.end(),
                                         [name](const Why& w) { return w.first == name; });
  return found == kReasons.end() ? std::string_view() : found->second;
}

bool IsOff(std::string_view value) {
  std::string lower(value);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower.empty() || lower == "false" || lower == "{}" || lower == "[]" ||
         lower.rfind("inf", 0) == 0;
}

}  // namespace llmgw::admin_cli::migrate
