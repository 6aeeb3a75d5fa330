#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> KeyFaults(const std::string& fields) {
  return FaultsOf(
      FromText("resources { upstream { name: 'openai' kind: 'mock' } } "
               "resources { route { name: 'default' prefix: '/v1' } } "
               "resources { client_key { name: 'app' " +
               fields + " } }"));
}

TEST(KeyRules, AcceptAFileKeyAndAStoredKey) {
  EXPECT_THAT(KeyFaults("token: '0123456789abcdef'"), IsEmpty());
  EXPECT_THAT(KeyFaults("token_env: 'APP_TOKEN' routes: 'default' upstreams: 'openai' "
                        "allow: 'gpt-*' log_policy: 'none' expires_at { seconds: 1 }"),
              IsEmpty());
  auto stored =
      FromText("client_key_hash_key: '" + std::string(32, 'k') +
               "' resources { client_key { id: 'key_a' name: 'app' prefix: 'sk-llmgw-abc' "
               "hash: '" +
               std::string(32, 'h') + "' } }");
  EXPECT_THAT(FaultsOf(stored), IsEmpty());
}

TEST(KeyRules, TokenHasExactlyOneSource) {
  EXPECT_THAT(KeyFaults(""), ElementsAre(HasSubstr("keys[app].token: is needed")));
  EXPECT_THAT(KeyFaults("token: '0123456789abcdef' token_env: 'A'"),
              ElementsAre(HasSubstr("only one of")));
}

TEST(KeyRules, TokenHas16To512VisibleCharactersAndIsNeverQuoted) {
  for (const std::string& token :
       {std::string("short-token-123"), std::string(513, 'x'), std::string("0123456789 abcdef"),
        std::string("0123456789äbcdef")}) {
    v1::Snapshot snapshot;
    auto* key = snapshot.add_resources()->mutable_client_key();
    key->set_name("app");
    key->set_token(token);
    auto faults = FaultsOf(snapshot);
    EXPECT_THAT(faults, ElementsAre(HasSubstr("keys[app].token: must have 16 to 512")));
    EXPECT_EQ(faults[0].find(token), std::string::npos);
  }
}

TEST(KeyRules, HashNeedsItsKeyAnIdAndItsLength) {
  auto faults = KeyFaults("hash: 'short'");
  EXPECT_THAT(faults, Contains("keys[app].hash: must have 32 bytes"));
  EXPECT_THAT(faults, Contains("keys[app].id: is needed"));
  EXPECT_THAT(faults, Contains(HasSubstr("client_key_hash_key: must have 32 bytes")));
}

TEST(KeyRules, ReferencesExist) {
  EXPECT_THAT(
      KeyFaults("token_file: '/t' routes: 'defualt' upstreams: 'nope'"),
      ElementsAre("keys[app].routes[0]: there is no route 'defualt' (did you mean 'default'?)",
                  "keys[app].upstreams[0]: there is no upstream 'nope'"));
}

TEST(KeyRules, TheRestIsChecked) {
  EXPECT_THAT(KeyFaults("token_file: '/t' allow: 'a*b'"), ElementsAre(HasSubstr("allow[0]")));
  EXPECT_THAT(KeyFaults("token_file: '/t' deny: ''"), ElementsAre(HasSubstr("deny[0]")));
  EXPECT_THAT(KeyFaults("token_file: '/t' log_policy: 'x'"), ElementsAre(HasSubstr("log_policy")));
  EXPECT_THAT(KeyFaults("token_file: '/t' expires_at { seconds: 999999999999 }"),
              ElementsAre(HasSubstr("expires_at")));
  EXPECT_THAT(KeyFaults("token_file: '/t' prefix: '12345678901234567'"),
              ElementsAre(HasSubstr("prefix")));
  EXPECT_THAT(KeyFaults("token_file: '/t\\001'"), ElementsAre(HasSubstr("control character")));
  EXPECT_THAT(KeyFaults("token_env: 'T\\n'"), ElementsAre(HasSubstr("control character")));
  EXPECT_THAT(KeyFaults("token_file: '/t' id: 'Key 1'"), ElementsAre(HasSubstr("keys[app].id")));
}

}  // namespace
}  // namespace llmgw::config
