#include "admin-cli/command/upstream/add.h"
#include "admin-cli/command/upstream/list.h"
#include "admin-cli/command/upstream/remove.h"
#include "admin-cli/command/upstream/set.h"
#include "tests/unit/admin_cli/command/parsing.h"

namespace llmgw::admin_cli::upstream {
namespace {

using config::v1::Upstream;

class ParseUpstream : public ParseTest {
 protected:
  std::string ParseAdd(std::vector<std::string> args,
                       std::function<void(const AddOptions&)> check) {
    args.insert(args.begin(), "add");
    return Parse<AddOptions>(
        [](CLI::App& noun, CommandContext c, Runner<AddOptions> run) { BuildAdd(noun, c, run); },
        args, check);
  }
};

Upstream Fields(const UpstreamFlags& flags) {
  Upstream upstream;
  auto applied = flags.edits.ApplyTo(upstream);
  EXPECT_TRUE(applied);
  return upstream;
}

TEST_F(ParseUpstream, TakesTheCommandOfTheIssueAsWritten) {
  EXPECT_EQ(ParseAdd({"openai", "--endpoint", "https://api.openai.com/v1", "--key-env",
                      "OPENAI_API_KEY", "--allow", "gpt-4o*"},
                     [](const AddOptions& o) {
                       EXPECT_EQ(o.flags.name, "openai");
                       EXPECT_EQ(o.flags.key_env, "OPENAI_API_KEY");
                       EXPECT_TRUE(o.wait.wait);
                       EXPECT_EQ(o.wait.timeout.count(), 10'000);
                       const Upstream u = Fields(o.flags);
                       EXPECT_EQ(u.endpoint(), "https://api.openai.com/v1");
                       EXPECT_EQ(u.allow(0), "gpt-4o*");
                     }),
            "");
}

TEST_F(ParseUpstream, TakesPromptTemplatesAndTheWaitOfReplicate) {
  EXPECT_EQ(ParseAdd({"r", "--kind", "replicate", "--replicate-template",
                      "meta/*={user}={assistant}", "--replicate-wait", "5s"},
                     [](const AddOptions& o) {
                       const auto replicate = Fields(o.flags).replicate();
                       EXPECT_EQ(replicate.prompt_templates().at("meta/*"), "{user}={assistant}");
                       EXPECT_EQ(replicate.wait().seconds(), 5);
                     }),
            "");
}

TEST_F(ParseUpstream, HasAFlagForEveryField) {
  const std::string pem = WriteFile("ca.pem", "PEM\n");
  EXPECT_EQ(ParseAdd({"x",        "--kind",
                      "mock",     "--endpoint",
                      "http://e", "--credential-mode",
                      "none",     "--headers",
                      "minimal",  "--allow",
                      "a",        "--deny",
                      "b",        "--timeout-connect",
                      "1s",       "--timeout-first-byte",
                      "2s",       "--timeout-first-byte-stream",
                      "3s",       "--timeout-idle",
                      "4s",       "--timeout-total",
                      "5s",       "--retries",
                      "6",        "--tls-ca-file",
                      pem,        "--tls-server-name",
                      "n",        "--mock-reply",
                      "hi",       "--mock-delay",
                      "7ms",      "--mock-interval",
                      "8ms",      "--proxy",
                      "http://p", "--no-proxy",
                      "c,.d",     "--proxy-user",
                      "u",        "--allow-address",
                      "fe80::1",  "--dns-min-ttl",
                      "9s",       "--dns-max-ttl",
                      "10s",      "--client-cert-file",
                      pem,        "--disable"},
                     [](const AddOptions& o) {
                       const Upstream u = Fields(o.flags);
                       EXPECT_EQ(u.kind(), "mock");
                       EXPECT_EQ(u.credential_mode(), "none");
                       EXPECT_EQ(u.headers(), "minimal");
                       EXPECT_EQ(u.deny(0), "b");
                       EXPECT_EQ(u.timeouts().connect().seconds(), 1);
                       EXPECT_EQ(u.timeouts().first_byte().seconds(), 2);
                       EXPECT_EQ(u.timeouts().first_byte_stream().seconds(), 3);
                       EXPECT_EQ(u.timeouts().idle().seconds(), 4);
                       EXPECT_EQ(u.timeouts().total().seconds(), 5);
                       EXPECT_EQ(u.retries(), 6u);
                       EXPECT_EQ(u.tls().ca_pem(), "PEM\n");
                       EXPECT_EQ(u.tls().server_name(), "n");
                       EXPECT_EQ(u.mock().reply(), "hi");
                       EXPECT_EQ(u.mock().first_byte_delay().nanos(), 7'000'000);
                       EXPECT_EQ(u.mock().chunk_interval().nanos(), 8'000'000);
                       EXPECT_EQ(u.outbound().proxy(), "http://p");
                       EXPECT_EQ(u.outbound().no_proxy(1), ".d");
                       EXPECT_EQ(u.outbound().proxy_user(), "u");
                       EXPECT_EQ(u.outbound().allow_addresses(0), "fe80::1");
                       EXPECT_EQ(u.outbound().dns_min_ttl().seconds(), 9);
                       EXPECT_EQ(u.outbound().dns_max_ttl().seconds(), 10);
                       EXPECT_EQ(u.outbound().client_certificate_pem(), "PEM\n");
                       EXPECT_TRUE(u.disabled());
                     }),
            "");
}

TEST_F(ParseUpstream, HasAFlagForWhatEachKindHas) {
  EXPECT_EQ(ParseAdd({"x",          "--openai-organization",
                      "org",        "--openai-project",
                      "proj",       "--azure-api-version",
                      "v1",         "--azure-deployment",
                      "gpt-4o=a",   "--azure-deployment",
                      "o3=b",       "--azure-auth",
                      "bearer",     "--anthropic-version",
                      "2023-06-01", "--mock-mode",
                      "echo",       "--mock-rate",
                      "5",          "--mock-fault",
                      "status",     "--mock-fault-percent",
                      "20",         "--mock-fault-status",
                      "429",        "--mock-fault-retry-after",
                      "3s"},
                     [](const AddOptions& o) {
                       const Upstream u = Fields(o.flags);
                       EXPECT_EQ(u.openai().organization(), "org");
                       EXPECT_EQ(u.openai().project(), "proj");
                       EXPECT_EQ(u.azure_openai().api_version(), "v1");
                       EXPECT_EQ(u.azure_openai().deployments().at("o3"), "b");
                       EXPECT_EQ(u.azure_openai().deployments_size(), 2);
                       EXPECT_EQ(u.azure_openai().auth(), "bearer");
                       EXPECT_EQ(u.anthropic().version(), "2023-06-01");
                       EXPECT_EQ(u.mock().mode(), "echo");
                       EXPECT_EQ(u.mock().rate(), 5U);
                       EXPECT_EQ(u.mock().fault(), "status");
                       EXPECT_EQ(u.mock().fault_percent(), 20U);
                       EXPECT_EQ(u.mock().fault_status(), 429U);
                       EXPECT_EQ(u.mock().fault_retry_after().seconds(), 3);
                     }),
            "");
}

TEST_F(ParseUpstream, TakesAliasesOfModels) {
  EXPECT_EQ(ParseAdd({"x", "--map", "fast=gpt-4o-mini", "--map", "or-*=openrouter/*"},
                     [](const AddOptions& o) {
                       const Upstream u = Fields(o.flags);
                       EXPECT_EQ(u.model_map_size(), 2);
                       EXPECT_EQ(u.model_map().at("fast"), "gpt-4o-mini");
                       EXPECT_EQ(u.model_map().at("or-*"), "openrouter/*");
                     }),
            "");
}

TEST_F(ParseUpstream, TakesSeveralCredentialsAndTheWait) {
  EXPECT_EQ(
      ParseAdd({"pool", "--credential", "a=env:A", "--credential", "b=file:/b", "--wait-timeout",
                "500ms", "--no-wait"},
               [](const AddOptions& o) {
                 EXPECT_EQ(o.flags.credentials, (std::vector<std::string>{"a=env:A", "b=file:/b"}));
                 EXPECT_FALSE(o.wait.wait);
                 EXPECT_EQ(o.wait.timeout.count(), 500);
               }),
      "");
}

TEST_F(ParseUpstream, RefusesTwoSourcesForOneKey) {
  EXPECT_NE(ParseAdd({"x", "--key-env", "A", "--key-stdin"}, [](const AddOptions&) { FAIL(); }),
            "");
}

TEST_F(ParseUpstream, RefusesASecretAsAnArgumentWithoutRepeatingIt) {
  for (const char* flag : {"--key", "--api-key", "--secret", "--proxy-password", "--client-key"}) {
    const std::string error =
        ParseAdd({"x", flag, "sk-real-secret"}, [](const AddOptions&) { FAIL(); });
    EXPECT_NE(error.find("-env VAR"), std::string::npos) << error;
    EXPECT_EQ(error.find("sk-real-secret"), std::string::npos) << error;
  }
}

TEST_F(ParseUpstream, RefusesADurationWithoutAUnit) {
  EXPECT_NE(ParseAdd({"x", "--wait-timeout", "10"}, [](const AddOptions&) { FAIL(); }), "");
}

TEST_F(ParseUpstream, TellsSetWhatToRemoveAndToClear) {
  Parse<SetOptions>(
      [](CLI::App& noun, CommandContext c, Runner<SetOptions> run) { BuildSet(noun, c, run); },
      {"set", "openai", "--remove-credential", "a,b", "--clear", "retries"},
      [](const SetOptions& o) {
        EXPECT_EQ(o.flags.remove_credentials, (std::vector<std::string>{"a", "b"}));
        EXPECT_FALSE(o.flags.edits.empty());
      });
}

TEST_F(ParseUpstream, KnowsThatSetWithoutFlagsChangesNothing) {
  Parse<SetOptions>(
      [](CLI::App& noun, CommandContext c, Runner<SetOptions> run) { BuildSet(noun, c, run); },
      {"set", "openai"}, [](const SetOptions& o) { EXPECT_TRUE(o.flags.empty()); });
}

TEST_F(ParseUpstream, NeedsANameToRemove) {
  EXPECT_NE(Parse<RemoveOptions>([](CLI::App& noun, CommandContext c,
                                    Runner<RemoveOptions> run) { BuildRemove(noun, c, run); },
                                 {"remove"}, [](const RemoveOptions&) { FAIL(); }),
            "");
}

TEST_F(ParseUpstream, NarrowsTheList) {
  Parse<ListOptions>(
      [](CLI::App& noun, CommandContext c, Runner<ListOptions> run) { BuildList(noun, c, run); },
      {"list", "--kind", "mock", "--name-contains", "a"},
      [](const ListOptions& o) {
        EXPECT_EQ(o.kind, "mock");
        EXPECT_EQ(o.name_contains, "a");
      });
}

}  // namespace
}  // namespace llmgw::admin_cli::upstream
