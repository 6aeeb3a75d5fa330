#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::CreateKeyRequest;
using admin::v1::CreateKeyResponse;
using admin::v1::KeyEntry;
using admin::v1::UpdateKeyRequest;

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class KeyTest : public CliTest {
 protected:
  KeyTest() {
    server.create_key.Answers([](const CreateKeyRequest& q, CreateKeyResponse* a) {
      *a->mutable_entry()->mutable_key() = q.key();
      a->mutable_entry()->mutable_key()->set_id("key_abcdefghijklmnop");
      a->mutable_entry()->mutable_meta()->set_revision(5);
      if (q.token().empty()) a->set_token("sk-made-once");
      return grpc::Status::OK;
    });
    server.update_key.Answers([](const UpdateKeyRequest& q, KeyEntry* a) {
      *a->mutable_key() = q.key();
      return grpc::Status::OK;
    });
    KeyEntry stored;
    stored.mutable_meta()->set_revision(5);
    stored.mutable_key()->set_id("key_abcdefghijklmnop");
    stored.mutable_key()->set_name("app");
    stored.mutable_key()->set_prefix("sk-llmgw-ab");
    stored.mutable_key()->add_routes("default");
    server.get_key.Answers(stored);
  }
};

TEST_F(KeyTest, CreateShowsTheTokenOnce) {
  const Seen seen = Run({"key", "create", "app", "--no-wait"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_TRUE(seen.out.starts_with("token: sk-made-once\n")) << seen.out;
  EXPECT_TRUE(Has(seen.out, "shown once")) << seen.out;
}

TEST_F(KeyTest, CreateGivesScriptsAKeyAndAToken) {
  const Seen seen = Run({"key", "create", "app", "-o", "json", "--no-wait"});
  const auto document = nlohmann::json::parse(seen.out);
  EXPECT_EQ(document["token"], "sk-made-once");
  EXPECT_EQ(document["key"]["id"], "key_abcdefghijklmnop");
  EXPECT_FALSE(document["key"].contains("token"));
}

TEST_F(KeyTest, CreateQuietlyPrintsTheTokenAlone) {
  EXPECT_EQ(Run({"key", "create", "app", "-q"}).out, "sk-made-once\n");
}

TEST_F(KeyTest, CreateKeepsAnExistingTokenWithoutShowingIt) {
  input = "existing-token-of-a-client\n";
  const Seen seen = Run({"key", "create", "app", "--token-stdin", "--no-wait"});
  EXPECT_EQ(server.create_key.last().token(), "existing-token-of-a-client");
  EXPECT_FALSE(Has(seen.out, "token")) << seen.out;
  env["T"] = "from-the-environment";
  Run({"key", "create", "app", "--token-env", "T", "--no-wait"});
  EXPECT_EQ(server.create_key.last().token(), "from-the-environment");
}

TEST_F(KeyTest, CreateStillShowsTheTokenWhenTheRolloutFails) {
  server.wait_for_rollout.Fails(grpc::StatusCode::UNAVAILABLE, "the store is away");
  const Seen seen = Run({"key", "create", "app", "-o", "json"});
  EXPECT_EQ(seen.code, ExitCode::kNotLive);
  EXPECT_EQ(nlohmann::json::parse(seen.out)["token"], "sk-made-once");
}

TEST_F(KeyTest, SetReadsChangesAndWritesWithTheRevision) {
  ASSERT_EQ(Run({"key", "set", "app", "--allow", "gpt-4o*", "--expires", "30d", "--name", "our-app",
                 "--clear", "routes", "--no-wait"})
                .code,
            ExitCode::kOk);
  const auto sent = server.update_key.last();
  EXPECT_EQ(sent.expected_revision(), 5u);
  EXPECT_EQ(sent.key().id(), "key_abcdefghijklmnop");
  EXPECT_EQ(sent.key().name(), "our-app");
  EXPECT_EQ(sent.key().allow(0), "gpt-4o*");
  EXPECT_EQ(sent.key().routes_size(), 0);
  EXPECT_EQ(sent.key().expires_at().seconds(), 1'795'176'000 + 30 * 86'400);
  ASSERT_EQ(Run({"key", "set", "app", "--expires", "never", "--no-wait"}).code, ExitCode::kOk);
  EXPECT_FALSE(server.update_key.last().key().has_expires_at());
}

TEST_F(KeyTest, SetTakesWhatShowPrints) {
  input = Run({"key", "show", "app", "-o", "yaml"}).out;
  const Seen seen = Run({"key", "set", "-f", "-", "--deny", "o3", "--no-wait"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_EQ(server.update_key.last().key().deny(0), "o3");
  EXPECT_EQ(server.update_key.last().key().routes(0), "default");
  EXPECT_EQ(server.update_key.last().expected_revision(), 5u);
}

TEST_F(KeyTest, SetNamesAWrongTime) {
  const Seen seen = Run({"key", "set", "app", "--expires", "soon"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_TRUE(Has(seen.err, "--expires: 'soon'")) << seen.err;
}

TEST_F(KeyTest, RevokeWaitsToo) {
  KeyEntry revoked;
  revoked.mutable_meta()->set_revision(9);
  revoked.mutable_key()->set_name("app");
  server.revoke_key.Answers(revoked);
  EXPECT_EQ(Run({"key", "revoke", "app"}).code, ExitCode::kOk);
  EXPECT_EQ(server.revoke_key.last().id_or_name(), "app");
  EXPECT_EQ(server.wait_for_rollout.last().revision(), 9u);
}

TEST_F(KeyTest, ListTellsActiveFromRevokedAndExpired) {
  admin::v1::ListKeysResponse response;
  response.add_keys()->mutable_key()->set_name("a");
  auto& revoked = *response.add_keys()->mutable_key();
  revoked.set_name("b");
  revoked.set_disabled(true);
  auto& expired = *response.add_keys()->mutable_key();
  expired.set_name("c");
  expired.mutable_expires_at()->set_seconds(1'795'176'000 - 1);
  server.list_keys.Answers(response);
  const std::string out = Run({"key", "list"}).out;
  EXPECT_TRUE(Has(out, "active")) << out;
  EXPECT_TRUE(Has(out, "revoked")) << out;
  EXPECT_TRUE(Has(out, "expired")) << out;
}

}  // namespace
}  // namespace llmgw::admin_cli
