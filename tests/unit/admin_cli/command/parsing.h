#pragma once

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "admin-cli/app/command.h"
#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {

// For tests of the first half of a command: command line in, options out, nothing run.
class ParseTest : public CliTest {
 protected:
  // Builds one noun with `build(noun, context, runner)`, parses `args` after the noun, and calls
  // `check` with the options that the command would run with. Returns what the parser said, empty
  // when it was content.
  template <typename Options, typename Build>
  std::string Parse(Build build, std::vector<std::string> args,
                    std::function<void(const Options&)> check) {
    std::istringstream in;
    std::ostringstream out;
    Factory factory({IoStreams{in, out, out},
                     [](const std::string&) { return std::optional<std::string>(); }, clock_,
                     interrupts});
    CLI::App noun("", "noun");
    Selection selection;
    bool ran = false;
    build(noun, CommandContext{factory, selection},
          [&](const Options& options, Factory&) -> Result<ExitCode> {
            ran = true;
            check(options);
            return ExitCode::kOk;
          });
    try {
      std::vector<std::string> reversed(args.rbegin(), args.rend());
      noun.parse(reversed);
    } catch (const CLI::ParseError& error) {
      return error.what();
    }
    EXPECT_TRUE(selection.run && selection.run());
    EXPECT_TRUE(ran) << "no command was chosen";
    return "";
  }

 private:
  FixedClock clock_;
};

}  // namespace llmgw::admin_cli
