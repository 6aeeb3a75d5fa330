#include "controlplane/admin_api/upstream_credentials.h"

#include "common/config/upstream_secrets.h"
#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::admin_api {
namespace {

class UpstreamCredentialsTest : public ConfigFixture {
 protected:
  config::v1::Upstream Upstream() {
    config::v1::Upstream upstream;
    upstream.set_name("openai");
    return upstream;
  }
  // Seals and forgets the secrets, as the editor does.
  store::StoredResource Store(config::v1::Upstream upstream,
                              const store::StoredResource* before = nullptr) {
    store::StoredResource stored;
    stored.secrets = SealCredentials(vault, before, &upstream).value();
    for (auto& secret : llmgw::config::SecretsOf(upstream)) secret.value.clear_secret();
    *stored.resource.mutable_upstream() = upstream;
    return stored;
  }
  std::string Opened(const store::StoredResource& stored, size_t index) {
    return vault.OpenCredential("openai", stored.secrets.at(index)).value().Reveal();
  }
};

TEST_F(UpstreamCredentialsTest, IdsComeFromTheHintAndAreUnique) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret("sk-0123456789-aB_9");
  upstream.add_credentials()->set_secret("sk-9876543210-aB_9");
  auto stored = Store(upstream);
  const auto& credentials = stored.resource.upstream().credentials();
  EXPECT_EQ(credentials[0].id(), "cred-abx9");
  EXPECT_EQ(credentials[0].hint(), "aB_9");
  EXPECT_EQ(credentials[1].id(), "cred-abx9-2");
  EXPECT_EQ(Opened(stored, 1), "sk-9876543210-aB_9");
}

TEST_F(UpstreamCredentialsTest, TheSameSecretGetsTheSameId) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret("sk-0123456789-abcd");
  auto first = Store(upstream);
  auto second = Store(upstream, &first);
  EXPECT_EQ(first.resource.upstream().credentials(0).id(),
            second.resource.upstream().credentials(0).id());
}

TEST_F(UpstreamCredentialsTest, ShortSecretsHaveNoHint) {
  EXPECT_EQ(HintOf("short-secret"), "");
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret("short-secret");
  EXPECT_EQ(Store(upstream).resource.upstream().credentials(0).id(), "cred");
}

TEST_F(UpstreamCredentialsTest, EmptySecretKeepsTheStoredOneAndItsHint) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret("sk-0123456789-abcd");
  auto before = Store(upstream);
  auto update = before.resource.upstream();
  update.mutable_credentials(0)->set_hint("forged");
  update.add_credentials()->set_secret("sk-0123456789-new1");
  auto after = Store(update, &before);
  EXPECT_EQ(Opened(after, 0), "sk-0123456789-abcd");
  EXPECT_EQ(Opened(after, 1), "sk-0123456789-new1");
  EXPECT_EQ(after.resource.upstream().credentials(0).hint(), "abcd");
}

TEST_F(UpstreamCredentialsTest, CredentialLeftOutIsForgotten) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret("sk-0123456789-abcd");
  auto before = Store(upstream);
  EXPECT_TRUE(Store(Upstream(), &before).secrets.empty());
}

// The same id in both lists: they are apart.
TEST_F(UpstreamCredentialsTest, SecretsOfConnectionsAreSealedAndKeptLikeCredentials) {
  auto upstream = Upstream();
  auto& credential = *upstream.add_credentials();
  credential.set_id("proxy_password");
  credential.set_secret("sk-0123456789-abcd");
  auto& password = *upstream.mutable_outbound()->add_secrets();
  password.set_id("proxy_password");
  password.set_secret("a-long-password-of-a-proxy");
  auto before = Store(upstream);
  EXPECT_EQ(Opened(before, 0), "sk-0123456789-abcd");
  EXPECT_EQ(Opened(before, 1), "a-long-password-of-a-proxy");
  EXPECT_EQ(before.resource.upstream().outbound().secrets(0).hint(), "");
  auto after = Store(before.resource.upstream(), &before);
  EXPECT_EQ(Opened(after, 0), "sk-0123456789-abcd");
  EXPECT_EQ(Opened(after, 1), "a-long-password-of-a-proxy");
}

TEST_F(UpstreamCredentialsTest, OfAKeptSecretOfConnectionsTheValidatorSeesAll) {
  auto upstream = Upstream();
  auto& key = *upstream.mutable_outbound()->add_secrets();
  key.set_id("client_key");
  key.set_secret("PEM");
  const auto before = Store(upstream);
  auto update = before.resource.upstream();
  ASSERT_TRUE(SealCredentials(vault, &before, &update));
  EXPECT_EQ(update.outbound().secrets(0).secret(), "PEM");
}

TEST_F(UpstreamCredentialsTest, AnEmptySecretOfConnectionsNeedsOneThatIsStored) {
  auto upstream = Upstream();
  upstream.mutable_outbound()->add_secrets()->set_id("client_key");
  EXPECT_EQ(SealCredentials(vault, nullptr, &upstream).error().field,
            "upstreams[openai].outbound.secrets[0].secret");
  upstream.mutable_outbound()->mutable_secrets(0)->set_secret_file("/etc/passwd");
  EXPECT_EQ(SealCredentials(vault, nullptr, &upstream).error().field,
            "upstreams[openai].outbound.secrets[0].secret_file");
}

TEST_F(UpstreamCredentialsTest, EmptySecretOfAnUnknownIdIsRefused) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_id("unknown");
  auto refused = SealCredentials(vault, nullptr, &upstream);
  EXPECT_EQ(refused.error().field, "upstreams[openai].credentials[0].secret");
  upstream.mutable_credentials(0)->clear_id();
  EXPECT_FALSE(SealCredentials(vault, nullptr, &upstream));
}

TEST_F(UpstreamCredentialsTest, FieldsOfSnapshotFilesAreRefused) {
  auto upstream = Upstream();
  upstream.add_credentials()->set_secret_file("/etc/passwd");
  auto refused = SealCredentials(vault, nullptr, &upstream);
  EXPECT_EQ(refused.error().field, "upstreams[openai].credentials[0].secret_file");
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api
