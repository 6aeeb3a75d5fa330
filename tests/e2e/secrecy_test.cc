// No secret is ever seen where it is not needed: logs, metrics, configuration dumps, the database.
#include <gtest/gtest.h>

#include "tests/e2e/stores.h"

namespace llmgw::test {
namespace {

constexpr const char* kUpstreamSecret = "sk-upstream-very-secret-0123456789";

std::string Trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

TEST(Secrecy, NothingThatCanBeReadHoldsASecret) {
  PostgresServer database;
  GatewayStack stack(database.url());
  FakeUpstream upstream;
  stack.StartControlplane();
  stack.StartDataplane();
  stack.AddUpstream("provider", upstream, kUpstreamSecret);
  const std::string token = stack.CreateKey("app");

  // What might make a careless program talk: success, refusals, a broken upstream, a lost database,
  // debug logging.
  EXPECT_EQ(stack.Chat(token).status, 200);
  EXPECT_EQ(stack.Chat(token + "x").status, 401);
  upstream.Next(GarbageHead());
  (void)stack.Chat(token);
  upstream.FailNext(1, 401);
  (void)stack.Chat(token);
  const std::string listed = stack.Llmctl({"upstream", "show", "provider", "-o", "json"}) +
                             stack.Llmctl({"key", "show", "app", "-o", "json"}) +
                             stack.Llmctl({"audit", "list", "-o", "json"});
  ASSERT_TRUE(WaitFor([&] {
    return stack.Llmctl({"logs", "list", "-o", "json"}).find("gpt-4o") != std::string::npos;
  }));
  const std::string stored = database.Dump();
  database.Stop();
  (void)stack.TryLlmctl({"key", "create", "lost"});

  const std::map<std::string, std::string> seen{
      {"the daemons' logs", stack.AllOutput()},
      {"llmctl", listed},
      {"the database", stored},
      {"dataplane /metrics", Get(stack.dataplane_ops(), "/metrics").body},
      {"dataplane /config", Get(stack.dataplane_ops(), "/config").body},
      {"controlplane /metrics", Get(stack.controlplane_ops(), "/metrics").body},
      {"controlplane /config", Get(stack.controlplane_ops(), "/config").body}};
  const std::map<std::string, std::string> secrets{
      {"the upstream's key", kUpstreamSecret},
      {"the client's token", token},
      {"the admin token", Trimmed(ReadFile(stack.folder().Path("controlplane/admin.token")))},
      {"the dataplane token",
       Trimmed(ReadFile(stack.folder().Path("controlplane/dataplane.token")))},
      {"the database's password", std::string(PostgresServer::password())}};
  for (const auto& [place, text] : seen) {
    EXPECT_FALSE(text.empty()) << place;
    for (const auto& [name, secret] : secrets) {
      ASSERT_GT(secret.size(), 10U) << name;
      EXPECT_EQ(text.find(secret), std::string::npos) << name << " is in " << place;
    }
  }
}

TEST(Secrecy, FilesThatMustHoldSecretsAreForTheirOwnerOnly) {
  GatewayStack stack;
  FakeUpstream upstream;
  stack.StartControlplane();
  stack.StartDataplane();
  stack.AddUpstream("provider", upstream, kUpstreamSecret);
  const std::string token = stack.CreateKey("app");
  EXPECT_EQ(stack.Chat(token).status, 200);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(stack.folder().path())) {
    if (!entry.is_regular_file() || entry.path().filename() == "addresses.json") continue;
    ++files;
    using std::filesystem::perms;
    EXPECT_EQ(entry.status().permissions() & (perms::group_all | perms::others_all), perms::none)
        << entry.path();
    // The client's token is needed nowhere; the upstream's key only by the dataplane.
    const std::string content = ReadFile(entry.path());
    EXPECT_EQ(content.find(token), std::string::npos) << entry.path();
    if (entry.path().string().find("/controlplane/") != std::string::npos) {
      EXPECT_EQ(content.find(kUpstreamSecret), std::string::npos) << entry.path();
    }
  }
  EXPECT_GE(files, 4);
}

}  // namespace
}  // namespace llmgw::test
