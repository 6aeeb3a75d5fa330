#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::CreateUpstreamRequest;
using admin::v1::ListUpstreamsRequest;
using admin::v1::ListUpstreamsResponse;
using admin::v1::UpdateUpstreamRequest;
using admin::v1::UpstreamEntry;

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A controlplane that keeps what it gets, at revision 12, with two dataplanes that take it at once.
class UpstreamTest : public CliTest {
 protected:
  UpstreamTest() {
    server.create_upstream.Answers([](const CreateUpstreamRequest& q, UpstreamEntry* a) {
      *a->mutable_upstream() = q.upstream();
      a->mutable_meta()->set_revision(12);
      for (auto& c : *a->mutable_upstream()->mutable_credentials()) c.clear_secret();
      return grpc::Status::OK;
    });
    server.update_upstream.Answers([](const UpdateUpstreamRequest& q, UpstreamEntry* a) {
      *a->mutable_upstream() = q.upstream();
      a->mutable_meta()->set_revision(13);
      return grpc::Status::OK;
    });
    admin::v1::WaitForRolloutResponse live;
    live.set_complete(true);
    live.set_connected(2);
    server.wait_for_rollout.Answers(live);
  }

  UpstreamEntry Stored() {
    UpstreamEntry entry;
    entry.mutable_meta()->set_revision(7);
    auto& u = *entry.mutable_upstream();
    u.set_name("openai");
    u.set_kind("openai");
    u.set_endpoint("https://api.openai.com/v1");
    u.add_allow("gpt-4o");
    auto& c = *u.add_credentials();
    c.set_id("cred-cdef");
    c.set_hint("cdef");
    return entry;
  }
};

TEST_F(UpstreamTest, AddWorksAsTheIssueWritesItAndWaitsUntilItIsLive) {
  env["OPENAI_API_KEY"] = "sk-secret\n";
  const Seen seen = Run({"upstream", "add", "openai", "--endpoint", "https://api.openai.com/v1",
                         "--key-env", "OPENAI_API_KEY", "--allow", "gpt-4o*"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_EQ(seen.out, "upstream openai added (revision 12), live in 2 dataplanes\n");
  EXPECT_EQ(seen.err, "");
  const auto sent = server.create_upstream.last().upstream();
  EXPECT_EQ(sent.kind(), "openai");
  EXPECT_EQ(sent.credentials(0).secret(), "sk-secret");
  EXPECT_EQ(sent.allow(0), "gpt-4o*");
  EXPECT_EQ(server.wait_for_rollout.last().revision(), 12u);
  EXPECT_EQ(server.wait_for_rollout.last().timeout().seconds(), 10);
}

TEST_F(UpstreamTest, AddSaysWhoTheUserIs) {
  ASSERT_EQ(Run({"upstream", "add", "mock"}).code, ExitCode::kOk);
  EXPECT_NE(server.create_upstream.metadata("llmgw-user"), "");
}

TEST_F(UpstreamTest, AddTakesTheKindFromTheName) {
  ASSERT_EQ(Run({"upstream", "add", "mock"}).code, ExitCode::kOk);
  EXPECT_EQ(server.create_upstream.last().upstream().kind(), "mock");
  ASSERT_EQ(
      Run({"upstream", "add", "other", "--endpoint", "http://x", "--credential-mode", "none"}).code,
      ExitCode::kOk);
  EXPECT_EQ(server.create_upstream.last().upstream().kind(), "openai");
}

TEST_F(UpstreamTest, AddAsksAPersonForTheSecretAndTellsAScriptHowToGiveIt) {
  const Seen script = Run({"upstream", "add", "openai", "--endpoint", "https://x"});
  EXPECT_EQ(script.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(script.err, "--key-env VAR")) << script.err;
  EXPECT_EQ(server.create_upstream.calls(), 0u);

  typed_secret = "sk-typed";
  EXPECT_EQ(Run({"upstream", "add", "openai", "--endpoint", "https://x"}).code, ExitCode::kOk);
  EXPECT_EQ(server.create_upstream.last().upstream().credentials(0).secret(), "sk-typed");
}

TEST_F(UpstreamTest, AddTakesSeveralCredentials) {
  env["A"] = "secret-a";
  const std::string file = WriteFile("b.key", "secret-b\n");
  ASSERT_EQ(Run({"upstream", "add", "pool", "--endpoint", "http://x", "--credential", "a=env:A",
                 "--credential", "b=file:" + file})
                .code,
            ExitCode::kOk);
  const auto sent = server.create_upstream.last().upstream();
  ASSERT_EQ(sent.credentials_size(), 2);
  EXPECT_EQ(sent.credentials(0).id(), "a");
  EXPECT_EQ(sent.credentials(0).secret(), "secret-a");
  EXPECT_EQ(sent.credentials(1).secret(), "secret-b");
}

TEST_F(UpstreamTest, AddReadsTheSecretsOfItsConnections) {
  env["PASSWORD"] = "hunter2";
  const std::string key = WriteFile("client.key", "PRIVATE KEY\n");
  ASSERT_EQ(Run({"upstream", "add", "far", "--endpoint", "https://x", "--credential-mode", "none",
                 "--proxy", "http://p:3128", "--proxy-user", "u", "--proxy-password-env",
                 "PASSWORD", "--client-key-file", key})
                .code,
            ExitCode::kOk);
  const auto sent = server.create_upstream.last().upstream().outbound();
  ASSERT_EQ(sent.secrets_size(), 2);
  EXPECT_EQ(sent.secrets(0).id(), "proxy_password");
  EXPECT_EQ(sent.secrets(0).secret(), "hunter2");
  EXPECT_EQ(sent.secrets(1).id(), "client_key");
  EXPECT_EQ(sent.secrets(1).secret(), "PRIVATE KEY");
}

TEST_F(UpstreamTest, SetReplacesOrForgetsTheSecretsOfItsConnections) {
  UpstreamEntry entry = Stored();
  auto& outbound = *entry.mutable_upstream()->mutable_outbound();
  outbound.set_proxy("http://p:3128");
  outbound.set_proxy_user("u");
  outbound.add_no_proxy("x");
  outbound.add_secrets()->set_id("proxy_password");
  outbound.add_secrets()->set_id("client_key");
  outbound.set_client_certificate_pem("PEM");
  server.get_upstream.Answers(entry);
  EXPECT_TRUE(Has(Run({"upstream", "show", "openai"}).out, "proxy password"));
  env["PASSWORD"] = "hunter3";
  ASSERT_EQ(Run({"upstream", "set", "openai", "--proxy-password-env", "PASSWORD"}).code,
            ExitCode::kOk);
  auto sent = server.update_upstream.last().upstream().outbound();
  ASSERT_EQ(sent.secrets_size(), 2);
  EXPECT_EQ(sent.secrets(0).id(), "client_key");
  EXPECT_EQ(sent.secrets(0).secret(), "");
  EXPECT_EQ(sent.secrets(1).secret(), "hunter3");
  ASSERT_EQ(Run({"upstream", "set", "openai", "--direct"}).code, ExitCode::kOk);
  sent = server.update_upstream.last().upstream().outbound();
  EXPECT_EQ(sent.proxy() + sent.proxy_user(), "");
  EXPECT_EQ(sent.no_proxy_size(), 0);
  ASSERT_EQ(sent.secrets_size(), 1);
  EXPECT_EQ(sent.client_certificate_pem(), "PEM");
  ASSERT_EQ(Run({"upstream", "set", "openai", "--no-client-cert"}).code, ExitCode::kOk);
  sent = server.update_upstream.last().upstream().outbound();
  ASSERT_EQ(sent.secrets_size(), 1);
  EXPECT_EQ(sent.secrets(0).id(), "proxy_password");
}

TEST_F(UpstreamTest, AddNamesTheFieldThatTheControlplaneRefused) {
  server.create_upstream.Fails(grpc::StatusCode::INVALID_ARGUMENT,
                               "upstreams[mock].endpoint: must be http or https",
                               "upstreams[mock].endpoint");
  const Seen seen = Run({"upstream", "add", "mock"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_EQ(seen.err, "llmctl: upstreams[mock].endpoint: must be http or https\n");
}

TEST_F(UpstreamTest, AddTellsATakenNameFromOtherErrors) {
  server.create_upstream.Fails(grpc::StatusCode::ALREADY_EXISTS, "upstream mock exists");
  EXPECT_EQ(Run({"upstream", "add", "mock"}).code, ExitCode::kConflict);
}

TEST_F(UpstreamTest, SetChangesNamedFieldsOnlyAndSendsTheRevisionItRead) {
  server.get_upstream.Answers(Stored());
  const Seen seen = Run({"upstream", "set", "openai", "--timeout-idle", "2m", "--enable"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  auto expected = Stored().upstream();
  expected.mutable_timeouts()->mutable_idle()->set_seconds(120);
  EXPECT_EQ(server.update_upstream.last().upstream().DebugString(), expected.DebugString());
  EXPECT_EQ(server.update_upstream.last().expected_revision(), 7u);
  EXPECT_EQ(server.wait_for_rollout.last().revision(), 13u);
}

TEST_F(UpstreamTest, SetReplacesTheOnlySecretAndItsMadeUpId) {
  server.get_upstream.Answers(Stored());
  env["NEW"] = "sk-new";
  ASSERT_EQ(Run({"upstream", "set", "openai", "--key-env", "NEW"}).code, ExitCode::kOk);
  const auto sent = server.update_upstream.last().upstream();
  ASSERT_EQ(sent.credentials_size(), 1);
  EXPECT_EQ(sent.credentials(0).secret(), "sk-new");
  EXPECT_EQ(sent.credentials(0).id(), "");
}

TEST_F(UpstreamTest, SetAddsAndRemovesCredentialsById) {
  server.get_upstream.Answers(Stored());
  env["B"] = "secret-b";
  ASSERT_EQ(Run({"upstream", "set", "openai", "--credential", "b=env:B", "--remove-credential",
                 "cred-cdef"})
                .code,
            ExitCode::kOk);
  const auto sent = server.update_upstream.last().upstream();
  ASSERT_EQ(sent.credentials_size(), 1);
  EXPECT_EQ(sent.credentials(0).id(), "b");
  EXPECT_EQ(Run({"upstream", "set", "openai", "--remove-credential", "absent"}).code,
            ExitCode::kNotFound);
}

TEST_F(UpstreamTest, SetSaysThatSomebodyElseWasFaster) {
  server.get_upstream.Answers(Stored());
  server.update_upstream.Fails(grpc::StatusCode::ABORTED, "revision is 9, not 7");
  const Seen seen = Run({"upstream", "set", "openai", "--disable"});
  EXPECT_EQ(seen.code, ExitCode::kConflict);
  EXPECT_TRUE(Has(seen.err, "somebody else changed upstream openai")) << seen.err;
  EXPECT_TRUE(Has(seen.err, "Repeat the command")) << seen.err;
}

TEST_F(UpstreamTest, SetWithoutAnythingToChangeSaysSo) {
  const Seen seen = Run({"upstream", "set", "openai"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(seen.err, "nothing to change")) << seen.err;
}

TEST_F(UpstreamTest, WhatShowPrintsCanBeEditedAndSetAgain) {
  server.get_upstream.Answers(Stored());
  const Seen shown = Run({"upstream", "show", "openai", "-o", "yaml"});
  ASSERT_EQ(shown.code, ExitCode::kOk);
  input = shown.out;
  input.replace(input.find("- gpt-4o"), 8, "- \"o*\"");
  const size_t reads = server.get_upstream.calls();
  const Seen seen = Run({"upstream", "set", "-f", "-"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  auto expected = Stored().upstream();
  expected.set_allow(0, "o*");
  EXPECT_EQ(server.update_upstream.last().upstream().DebugString(), expected.DebugString());
  EXPECT_EQ(server.update_upstream.last().expected_revision(), 7u);  // from the file
  EXPECT_EQ(server.get_upstream.calls(), reads);
}

TEST_F(UpstreamTest, SetRefusesAFileAboutAnother) {
  const std::string file = WriteFile("u.yaml", "name: other\nkind: mock\n");
  EXPECT_EQ(Run({"upstream", "set", "openai", "-f", file}).code, ExitCode::kUsage);
  EXPECT_EQ(server.update_upstream.calls(), 0u);
}

TEST_F(UpstreamTest, AddTakesAFileToo) {
  const std::string file = WriteFile("u.json", R"({"name": "m", "kind": "mock", "retries": 2})");
  ASSERT_EQ(Run({"upstream", "add", "-f", file, "--deny", "x"}).code, ExitCode::kOk);
  EXPECT_EQ(server.create_upstream.last().upstream().retries(), 2u);
  EXPECT_EQ(server.create_upstream.last().upstream().deny(0), "x");
}

TEST_F(UpstreamTest, ListPagesThroughAndIsOneDocument) {
  server.list_upstreams.Answers([&](const ListUpstreamsRequest& q, ListUpstreamsResponse* a) {
    auto& entry = *a->add_upstreams();
    entry = Stored();
    entry.mutable_upstream()->set_name(q.page().page_token().empty() ? "a" : "b");
    if (q.page().page_token().empty()) a->set_next_page_token("more");
    return grpc::Status::OK;
  });
  const Seen seen = Run({"upstream", "list", "-o", "json", "--kind", "openai"});
  const auto document = nlohmann::json::parse(seen.out);
  ASSERT_EQ(document["upstreams"].size(), 2u);
  EXPECT_EQ(document["upstreams"][1]["upstream"]["name"], "b");
  EXPECT_EQ(document["upstreams"][0]["meta"]["revision"], 7);
  EXPECT_EQ(server.list_upstreams.last().kind(), "openai");
}

TEST_F(UpstreamTest, ListShowsATableWithAHeader) {
  ListUpstreamsResponse response;
  *response.add_upstreams() = Stored();
  server.list_upstreams.Answers(response);
  const Seen seen = Run({"upstream", "list"});
  EXPECT_TRUE(seen.out.starts_with("NAME    KIND    ENDPOINT ")) << seen.out;
  EXPECT_TRUE(Has(seen.out, "openai  openai  https://api.openai.com/v1  cred-cdef")) << seen.out;
}

TEST_F(UpstreamTest, ListSaysHowToAddTheFirst) {
  const Seen seen = Run({"upstream", "list"});
  EXPECT_EQ(seen.out, "");
  EXPECT_TRUE(Has(seen.err, "llmctl upstream add")) << seen.err;
  EXPECT_EQ(Run({"upstream", "list", "-o", "json"}).out, "{\n  \"upstreams\": []\n}\n");
}

TEST_F(UpstreamTest, ShowOfAnUnknownOneIsNotFound) {
  server.get_upstream.Fails(grpc::StatusCode::NOT_FOUND, "there is no upstream 'x'");
  EXPECT_EQ(Run({"upstream", "show", "x"}).code, ExitCode::kNotFound);
}

TEST_F(UpstreamTest, RemoveAsksAPersonAndNoScript) {
  admin::v1::DeleteUpstreamResponse response;
  response.set_revision(14);
  server.delete_upstream.Answers(response);
  EXPECT_EQ(Run({"upstream", "remove", "openai"}).code, ExitCode::kOk);
  EXPECT_EQ(server.delete_upstream.calls(), 1u);

  terminal = true;
  input = "n\n";
  EXPECT_NE(Run({"upstream", "remove", "openai"}).code, ExitCode::kOk);
  EXPECT_EQ(server.delete_upstream.calls(), 1u);
  input = "y\n";
  EXPECT_EQ(Run({"upstream", "remove", "openai"}).code, ExitCode::kOk);
  input = "";
  EXPECT_EQ(Run({"upstream", "remove", "openai", "--yes"}).code, ExitCode::kOk);
  EXPECT_EQ(server.delete_upstream.calls(), 3u);
}

}  // namespace
}  // namespace llmgw::admin_cli
