#include "common/config/validate.h"

#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Validate, EmptyIsValid) { EXPECT_THAT(FaultsOf({}), IsEmpty()); }

TEST(Validate, FindsEveryFaultInTheOrderOfTheResources) {
  auto faults =
      FaultsOf(FromText("resources { upstream { name: 'a' kind: 'mock' headers: 'x' } } "
                        "resources { route { name: 'r' prefix: 'v1' auth: 'x' } }"));
  EXPECT_THAT(faults, ElementsAre(HasSubstr("upstreams[a].headers"), HasSubstr("routes[r].prefix"),
                                  HasSubstr("routes[r].auth")));
}

TEST(Validate, NamesAreUniquePerKind) {
  EXPECT_THAT(FaultsOf(FromText("resources { upstream { name: 'a' kind: 'mock' } } "
                                "resources { upstream { name: 'a' kind: 'mock' } } "
                                "resources { route { name: 'a' prefix: '/v1' } }")),
              ElementsAre("upstreams[a].name: is the name of another upstream"));
}

TEST(Validate, NoTwoRoutesHaveTheSameHostAndPrefix) {
  EXPECT_THAT(FaultsOf(FromText("resources { route { name: 'a' prefix: '/v1' host: 'H' } } "
                                "resources { route { name: 'b' prefix: '/v1' host: 'h' } } "
                                "resources { route { name: 'c' prefix: '/v1' } }")),
              ElementsAre("routes[b].prefix: is, together with the host, that of route 'a'"));
}

TEST(Validate, NoTwoKeysShareATokenAnIdOrAName) {
  std::string one = "client_key { name: 'a' id: 'key_1' token: '0123456789abcdef' }";
  std::string same_token = "client_key { name: 'b' id: 'key_2' token: '0123456789abcdef' }";
  std::string same_id = "client_key { name: 'b' id: 'key_1' token: '0123456789abcdeg' }";
  std::string same_name = "client_key { name: 'a' id: 'key_2' token: '0123456789abcdeg' }";
  auto both = [&](const std::string& other) {
    return FaultsOf(FromText("resources { " + one + " } resources { " + other + " }"));
  };
  EXPECT_THAT(both(same_token), ElementsAre("keys[b].token: is the token of key 'a'"));
  EXPECT_THAT(both(same_id), ElementsAre("keys[b].id: is the id of key 'a'"));
  EXPECT_THAT(both(same_name), ElementsAre("keys[a].name: is the name of another key"));
}

TEST(Validate, ResourceWithoutBodyIsNamedByItsPlace) {
  EXPECT_THAT(FaultsOf(FromText("resources { revision: 1 }")),
              ElementsAre(HasSubstr("resources[#0]: must have")));
}

TEST(Validate, PathsStayPrintableWhateverTheName) {
  v1::Snapshot snapshot;
  snapshot.add_resources()->mutable_upstream()->set_name("a]\x01\n" + std::string(100, 'x'));
  for (const auto& error : Validate(snapshot)) {
    EXPECT_EQ(error.field.find('\n'), std::string::npos);
    EXPECT_LT(error.field.size(), 120u);
  }
}

}  // namespace
}  // namespace llmgw::config
