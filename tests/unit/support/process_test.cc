#include "tests/support/process.h"

#include <gtest/gtest.h>
#include <csignal>

#include "tests/support/postgres.h"
#include "tests/support/temp_dir.h"

namespace llmgw::test {
namespace {

Command Shell(const std::string& script) {
  return {.program = "sh", .args = {"-c", script}, .env = {}, .input = {}};
}

TEST(Process, GivesExitStatusAndBothOutputs) {
  const Finished finished = RunToEnd(Shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(finished.exit.status, 3);
  EXPECT_EQ(finished.standard_output, "out\n");
  EXPECT_NE(finished.output.find("err"), std::string::npos);
}

TEST(Process, PassesEnvironmentAndInput) {
  Command command = Shell("read line; echo \"$line $WORD\"");
  command.env["WORD"] = "there";
  command.input = "hello\n";
  EXPECT_EQ(RunToEnd(command).standard_output, "hello there\n");
}

TEST(Process, SeesSignalsAndTheirEffect) {
  Process process(
      Shell("trap 'echo caught; exit 0' TERM; echo ready; while :; do sleep 0.01; done"));
  ASSERT_TRUE(process.WaitForOutput("ready"));
  process.Signal(SIGTERM);
  const auto exit = process.WaitForExit();
  ASSERT_TRUE(exit);
  EXPECT_TRUE(exit->Clean());
  EXPECT_TRUE(process.WaitForOutput("caught"));
}

TEST(Process, WaitForOutputEndsWithTheProcess) {
  Process process(Shell("echo something"));
  EXPECT_FALSE(process.WaitForOutput("something else", std::chrono::hours(1)));
}

TEST(Process, KillsWhatOutlivesItsBound) {
  const Finished finished = RunToEnd(Shell("exec sleep 100"), std::chrono::milliseconds(1));
  EXPECT_EQ(finished.exit.signal, SIGKILL);
}

TEST(Process, FindsAnAddressOnceItIsWritten) {
  const TempDir folder;
  Process process(Shell("echo '{\"http\":\"127.0.0.1:1\",\"ops\": \"127.0.0.1:2\"}' > " +
                        folder.Path("addresses.json") + "; exec sleep 100"));
  EXPECT_EQ(WaitForAddress(process, folder.Path("addresses.json"), "ops"), "127.0.0.1:2");
}

TEST(PostgresServer, KeepsItsDataOverACrash) {
  PostgresServer server;
  server.Sql("CREATE TABLE t (word text); INSERT INTO t VALUES ('kept')");
  server.Stop();
  EXPECT_THROW(server.Sql("SELECT 1"), std::runtime_error);
  server.Start();
  EXPECT_EQ(server.Sql("SELECT count(*) FROM pg_class WHERE relname = 't'"), "1");
}

}  // namespace
}  // namespace llmgw::test
