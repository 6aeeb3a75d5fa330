#include "controlplane/snapshot/secret_vault.h"

#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::snapshot {
namespace {

using SecretVaultTest = ConfigFixture;

TEST_F(SecretVaultTest, OpensWhatItSealed) {
  auto sealed = vault.SealCredential("openai", "a", SecretString("sk-hunter2"));
  EXPECT_EQ(sealed.sealed.find("hunter2"), std::string::npos);
  EXPECT_EQ(vault.OpenCredential("openai", sealed).value().Reveal(), "sk-hunter2");
}

TEST_F(SecretVaultTest, SealedSecretDoesNotOpenForAnotherUpstreamOrCredential) {
  auto sealed = vault.SealCredential("openai", "a", SecretString("sk-hunter2"));
  EXPECT_FALSE(vault.OpenCredential("evil", sealed));
  sealed.credential_id = "b";
  EXPECT_FALSE(vault.OpenCredential("openai", sealed));
}

TEST_F(SecretVaultTest, AnotherSealingKeySaysWhatToDo) {
  auto sealed = vault.SealCredential("openai", "a", SecretString("sk-hunter2"));
  auto opened = SecretVault(crypto::Sealer(Key('b'))).OpenCredential("openai", sealed);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("sealing key"), std::string::npos);
}

TEST_F(SecretVaultTest, MetaValuesRoundTripAsText) {
  std::string stored = vault.SealMeta("name", SecretString(std::string("\0\xff bytes", 8)));
  EXPECT_EQ(vault.OpenMeta("name", stored).value().Reveal(), std::string("\0\xff bytes", 8));
  EXPECT_FALSE(vault.OpenMeta("other", stored));
  EXPECT_FALSE(vault.OpenMeta("name", "nonsense"));
  EXPECT_FALSE(vault.OpenMeta("name", "id:zz"));
}

TEST_F(SecretVaultTest, IdentityIsMadeOnceAndReadBackByTheNextProcess) {
  auto first = identity.Get().value();
  EXPECT_EQ(first->client_key_hash_key.Reveal().size(), 32u);
  StoreIdentitySource next_process(store, vault);
  EXPECT_EQ(next_process.Get().value()->client_key_hash_key.Reveal(),
            first->client_key_hash_key.Reveal());
}

TEST_F(SecretVaultTest, IdentityWaitsForTheStore) {
  store.GoAway();
  EXPECT_EQ(identity.Get().error().kind, ErrorKind::kUnavailable);
  store.Return();
  EXPECT_TRUE(identity.Get());
}

TEST_F(SecretVaultTest, IdentityOfAnotherSealingKeyIsRefused) {
  ASSERT_TRUE(identity.Get());
  SecretVault other(crypto::Sealer(Key('b')));
  StoreIdentitySource wrong(store, other);
  ASSERT_FALSE(wrong.Get());
  EXPECT_NE(wrong.Get().error().message.find("sealing key of this database"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::controlplane::snapshot
