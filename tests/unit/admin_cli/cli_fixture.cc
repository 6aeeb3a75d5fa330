#include "tests/unit/admin_cli/cli_fixture.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace llmgw::admin_cli {

CliTest::CliTest() {
  // As main() has it: a TLS peer that leaves early is a failed write, not a signal.
  ::signal(SIGPIPE, SIG_IGN);
  std::string pattern = testing::TempDir() + "llmctl_XXXXXX";
  folder = ::mkdtemp(pattern.data());
  env["HOME"] = folder;
  // Where nobody keeps the state of a controlplane, which llmctl would find.
  std::filesystem::current_path(folder);
}

CliTest::~CliTest() {
  std::error_code ignored;
  std::filesystem::current_path(testing::TempDir(), ignored);
  std::filesystem::remove_all(folder, ignored);
}

Seen CliTest::Run(std::vector<std::string> args) {
  args.emplace_back("--controlplane");
  args.push_back(server.address());
  return RunPlain(std::move(args));
}

Seen CliTest::RunPlain(std::vector<std::string> args) {
  std::ostringstream out;
  Seen seen = RunOnto(out, std::move(args));
  seen.out = out.str();
  return seen;
}

Seen CliTest::RunOnto(std::ostream& out, std::vector<std::string> args) {
  std::istringstream in(input);
  std::ostringstream err;
  static const FixedClock clock;
  IoStreams io{in, out, err};
  io.in_is_tty = io.out_is_tty = io.err_is_tty = terminal;
  if (!typed_secret.empty()) {
    io.ask_secret = [this](const std::string&) { return SecretString(typed_secret); };
  }
  Environment lookup = [this](const std::string& name) -> std::optional<std::string> {
    auto it = env.find(name);
    if (it == env.end()) return std::nullopt;
    return it->second;
  };
  Factory factory({std::move(io), lookup, clock, interrupts});
  Seen seen;
  seen.code = RunLlmctl(args, factory);
  seen.err = err.str();
  return seen;
}

std::string CliTest::WriteFile(const std::string& name, const std::string& content) {
  const std::string path = folder + "/" + name;
  std::ofstream(path) << content;
  return path;
}

}  // namespace llmgw::admin_cli
