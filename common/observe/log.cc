#include "common/observe/log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <memory>
#include <optional>
#include <utility>

namespace llmgw::observe {
namespace {

constexpr std::pair<std::string_view, spdlog::level::level_enum> kLevels[] = {
    {"trace", spdlog::level::trace}, {"debug", spdlog::level::debug}, {"info", spdlog::level::info},
    {"warn", spdlog::level::warn},   {"error", spdlog::level::err},   {"off", spdlog::level::off},
};

std::optional<spdlog::level::level_enum> ParseLevel(std::string_view name) {
  for (const auto& [known, level] : kLevels) {
    if (known == name) return level;
  }
  return std::nullopt;
}

std::string_view LevelName(spdlog::level::level_enum level) {
  for (const auto& [name, known] : kLevels) {
    if (known == level) return name;
  }
  return "error";  // spdlog's "critical", which we don't use
}

void Append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

void AppendEscaped(spdlog::memory_buf_t& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      Append(out, "\\n");
    } else if (byte < 0x20) {
      Append(out, "\\u00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    auto since_epoch =
        std::chrono::duration_cast<std::chrono::microseconds>(message.time.time_since_epoch());
    std::time_t seconds = static_cast<std::time_t>(since_epoch.count() / 1'000'000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char date[32];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    Append(out, fmt::format(R"({{"time":"{}.{:06}Z","level":"{}","thread":{},"message":")", date,
                            since_epoch.count() % 1'000'000, LevelName(message.level),
                            message.thread_id));
    AppendEscaped(out, {message.payload.data(), message.payload.size()});
    Append(out, "\"}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

Error BadLevel(std::string_view given) {
  return InvalidArgument("log-level", "'" + std::string(given) +
                                          "' is not one of trace, debug, info, warn, error, off");
}

}  // namespace

Status SetUpLog(const LogSettings& settings) {
  auto level = ParseLevel(settings.level);
  if (!level) return Fail(BadLevel(settings.level));
  if (settings.format != "text" && settings.format != "json") {
    return Fail(
        InvalidArgument("log-format", "'" + settings.format + "' is not one of text, json"));
  }
  auto logger =
      std::make_shared<spdlog::logger>("llmgw", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (settings.format == "json") {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %-5l %v");
  }
  logger->set_level(*level);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

Status SetLogLevel(std::string_view level) {
  auto parsed = ParseLevel(level);
  if (!parsed) return Fail(BadLevel(level));
  spdlog::default_logger()->set_level(*parsed);
  return {};
}

std::string LogLevel() { return std::string(LevelName(spdlog::default_logger()->level())); }

}  // namespace llmgw::observe
