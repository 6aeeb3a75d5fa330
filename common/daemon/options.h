#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/daemon/host_port.h"
#include "common/observe/log.h"

namespace llmgw::daemon {

// The options of a daemon, each declared once and settable in three ways, the earlier winning: flag
// `--log-level`, environment `LLMGW_LOG_LEVEL`, key `log-level` of the YAML file named by
// `--config` (or LLMGW_CONFIG). Adds --config, --check-config, --version,
// --help, --log-level and --log-format by itself. Not thread-safe: declare and parse at the start
// of main.
//
//   daemon::Options options({.name = "llmgw-x", .summary = "…", .version = "…"});
//   options.AddAddress("listen", settings.listen, "Where clients connect.");
//   if (auto exit_code = options.Parse(argc, argv, [&] { return settings.Check(); })) return
//   *exit_code;
class Options {
 public:
  struct Program {
    std::string name;
    std::string summary;
    std::string version;
  };
  static constexpr int kUsageError = 2;

  explicit Options(Program program);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  // Each declares one option. `name` is the long flag without dashes; the value `target` has now is
  // the default that --help shows; `target` must outlive Parse. Help texts say what it does and
  // when to change it; units are shown by themselves.
  void AddText(const std::string& name, std::string& target, const std::string& help);
  void AddPath(const std::string& name, std::string& target, const std::string& help);
  void AddAddress(const std::string& name, HostPort& target, const std::string& help);
  void AddNumber(const std::string& name, uint32_t& target, const std::string& help);
  void AddDuration(const std::string& name, std::chrono::milliseconds& target,
                   const std::string& help);
  void AddBytes(const std::string& name, uint64_t& target, const std::string& help);
  void AddSwitch(const std::string& name, bool& target, const std::string& help);
  // Comma-separated in a flag or the environment, a sequence in YAML.
  void AddList(const std::string& name, std::vector<std::string>& target, const std::string& help);
  // One of `choices`.
  void AddChoice(const std::string& name, std::string& target,
                 const std::vector<std::string>& choices, const std::string& help);

  // What is wrong with the values together, `field` being an option's name; empty: nothing.
  using Check = std::function<std::vector<Error>()>;

  // Reads everything into the targets, runs `check` and sets up the log. Returns the exit status
  // when the program must end now: 0 after
  // --help, --version or a --check-config that found nothing (it prints "ok"), kUsageError after
  // problems, which are printed to stderr with the place they came from.
  std::optional<int> Parse(int argc, const char* const* argv, const Check& check);
  // The same without the program's name in `arguments`, without touching the log, and printing
  // where it is told to. For tests.
  std::optional<int> Parse(std::vector<std::string> arguments, const Check& check,
                           std::ostream& out, std::ostream& err);

  // As set by --log-level and --log-format.
  const observe::LogSettings& log() const { return log_; }

 private:
  struct Impl;

  observe::LogSettings log_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llmgw::daemon
