#include "tests/unit/admin_cli/cli_fixture.h"

// What people see who type something wrong, or ask for help.
namespace llmgw::admin_cli {
namespace {

class UsageTest : public CliTest {};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(UsageTest, NamesTheNearestCommand) {
  const Seen noun = RunPlain({"upstrem", "list"});
  EXPECT_EQ(noun.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(noun.err, "did you mean 'upstream'?")) << noun.err;
  const Seen verb = RunPlain({"upstream", "lst"});
  EXPECT_TRUE(Has(verb.err, "did you mean 'list'?")) << verb.err;
  EXPECT_TRUE(Has(verb.err, "`llmctl upstream --help`")) << verb.err;
}

TEST_F(UsageTest, ListsTheCommandsWhenOneIsMissing) {
  const Seen seen = RunPlain({"key"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(seen.err, "create, list, show, set, revoke, remove")) << seen.err;
  EXPECT_EQ(RunPlain({}).code, ExitCode::kUsage);
}

TEST_F(UsageTest, NamesTheNearestFlagAndNeverRepeatsValues) {
  const Seen seen = RunPlain({"upstream", "add", "x", "--endpont", "sk-real-secret"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(seen.err, "did you mean '--endpoint'?")) << seen.err;
  EXPECT_FALSE(Has(seen.err, "sk-real-secret")) << seen.err;
}

TEST_F(UsageTest, SaysHowToGiveASecret) {
  const Seen seen =
      RunPlain({"upstream", "add", "openai", "--endpoint", "https://x", "--key", "sk-real-secret"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(seen.err, "--key-env VAR")) << seen.err;
  EXPECT_FALSE(Has(seen.err, "sk-real-secret")) << seen.err;
}

TEST_F(UsageTest, HelpsAtEveryLevelWithExamples) {
  for (const std::vector<std::string>& path : {std::vector<std::string>{},
                                               {"upstream"},
                                               {"upstream", "add"},
                                               {"upstream", "set"},
                                               {"upstream", "list"},
                                               {"upstream", "show"},
                                               {"upstream", "remove"},
                                               {"key"},
                                               {"key", "create"},
                                               {"key", "list"},
                                               {"key", "show"},
                                               {"key", "set"},
                                               {"key", "revoke"},
                                               {"key", "remove"},
                                               {"allow"},
                                               {"allow", "add"},
                                               {"allow", "list"},
                                               {"allow", "remove"},
                                               {"deny"},
                                               {"deny", "add"},
                                               {"route"},
                                               {"route", "add"},
                                               {"route", "set"},
                                               {"logs"},
                                               {"logs", "list"},
                                               {"logs", "tail"},
                                               {"logs", "show"},
                                               {"dataplane"},
                                               {"dataplane", "list"},
                                               {"dataplane", "show"},
                                               {"audit"},
                                               {"audit", "list"},
                                               {"audit", "show"},
                                               {"status"},
                                               {"chat"},
                                               {"profile"},
                                               {"profile", "add"},
                                               {"profile", "use"},
                                               {"version"},
                                               {"completion", "bash"}}) {
    std::vector<std::string> args = path;
    args.emplace_back("--help");
    const Seen seen = RunPlain(args);
    EXPECT_EQ(seen.code, ExitCode::kOk);
    EXPECT_TRUE(Has(seen.out, "Examples:")) << seen.out;
    EXPECT_TRUE(Has(seen.out, "llmctl " + (path.empty() ? "" : path.front()))) << seen.out;
  }
  EXPECT_TRUE(Has(RunPlain({"--help"}).out, "Exit codes:"));
}

TEST_F(UsageTest, TakesGlobalFlagsBeforeAndAfterTheCommand) {
  EXPECT_EQ(RunPlain({"-o", "json", "version"}).out, RunPlain({"version", "-o", "json"}).out);
  EXPECT_EQ(RunPlain({"version", "-o", "xml"}).code, ExitCode::kUsage);
}

TEST_F(UsageTest, PrintsItsVersionBothWays) {
  EXPECT_TRUE(RunPlain({"--version"}).out.starts_with("llmctl "));
  EXPECT_EQ(RunPlain({"--version"}).out, RunPlain({"version"}).out);
}

TEST_F(UsageTest, CompletesEveryCommand) {
  const Seen seen = RunPlain({"completion", "bash"});
  EXPECT_EQ(seen.code, ExitCode::kOk);
  EXPECT_TRUE(Has(seen.out, "['llmctl upstream']='add list show health set remove")) << seen.out;
  EXPECT_TRUE(Has(seen.out, "--key-env"));
}

}  // namespace
}  // namespace llmgw::admin_cli
