#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "admin-cli/app/exit_code.h"
#include "admin-cli/app/factory.h"
#include "admin-cli/app/interrupts.h"
#include "admin-cli/app/llmctl.h"
#include "common/base/clock.h"
#include "tests/unit/admin_cli/fake_admin_server.h"

namespace llmgw::admin_cli {

// What a user sees of one command.
struct Seen {
  ExitCode code = ExitCode::kError;
  std::string out;
  std::string err;
};

// A clock that stands still at 2026-11-20 12:00:00 UTC.
class FixedClock final : public Clock {
 public:
  MonotonicTime Monotonic() const override { return {}; }
  WallTime Wall() const override { return WallTime(std::chrono::seconds(1'795'176'000)); }
};

// Runs the whole of llmctl in this process: argument list in, exit code and output out. Talks to
// `server` unless told otherwise; has no terminal, an empty environment of its own, and a home in a
// temporary folder.
class CliTest : public testing::Test {
 protected:
  CliTest();
  ~CliTest() override;

  // `args` as the shell would split them.
  Seen Run(std::vector<std::string> args);
  // The same without --controlplane.
  Seen RunPlain(std::vector<std::string> args);
  // The same, with the output going to a stream of the test's (Seen::out stays empty).
  Seen RunOnto(std::ostream& out, std::vector<std::string> args);

  // A new file in the test's folder.
  std::string WriteFile(const std::string& name, const std::string& content);

  FakeAdminServer server;
  Interrupts interrupts;
  std::map<std::string, std::string> env;
  std::string input;
  bool terminal = false;
  // Set: answers every question for a secret, as a person at a terminal would.
  std::string typed_secret;
  std::string folder;
};

}  // namespace llmgw::admin_cli
