#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> RouteFaults(const std::string& addresses) {
  return FaultsOf(
      FromText("resources { route { name: 'r' prefix: '/v1' addresses { " + addresses + " } } }"));
}

TEST(AddressRules, AcceptAddressesAndRangesOfBothKinds) {
  EXPECT_THAT(RouteFaults("allow: '192.0.2.1' allow: '10.0.0.0/8' allow: '0.0.0.0/0' "
                          "deny: '2001:db8::/32' deny: '::1' deny: '::ffff:192.0.2.1/128'"),
              IsEmpty());
}

TEST(AddressRules, RefuseWhatIsNoRangeAndNameTheEntry) {
  EXPECT_THAT(RouteFaults("allow: '10.0.0.1' allow: '10.0.0.0/33'"),
              ElementsAre(HasSubstr("routes[r].addresses.allow[1]: has more bits")));
  for (const char* entry :
       {"", "localhost", "10.0.0", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "10.0.0.0/8 ",
        "10.0.0.0-10.0.0.9", "[::1]", "fe80::1%eth0", "10.0.0.0\\000", "*", "10.0.0.*"}) {
    const auto faults = RouteFaults(std::string("deny: '") + entry + "'");
    EXPECT_THAT(faults, ElementsAre(HasSubstr("routes[r].addresses.deny[0]: must be an IP")))
        << entry;
  }
  EXPECT_THAT(RouteFaults("deny: '::1/129'"), ElementsAre(HasSubstr("more bits")));
}

TEST(AddressRules, AnEntryStandsOnceAndThereAreAtMostAThousand) {
  EXPECT_THAT(RouteFaults("allow: '::1' allow: '::1'"), ElementsAre(HasSubstr("stands twice")));
  std::string many;
  for (int i = 0; i <= 1000; ++i)
    many += "allow: '10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "' ";
  EXPECT_THAT(RouteFaults(many), ElementsAre(HasSubstr("at most 1000")));
}

TEST(AddressRules, HoldForKeysToo) {
  EXPECT_THAT(FaultsOf(FromText("resources { client_key { name: 'app' token_file: '/t' addresses { "
                                "allow: 'here' } } }")),
              ElementsAre(HasSubstr("keys[app].addresses.allow[0]: must be an IP address")));
}

TEST(LevelRules, NamesOfLevelsExist) {
  const std::string level = "resources { level { name: 'basic' models: 'gpt-4o*' } } ";
  EXPECT_THAT(FaultsOf(FromText(level + "resources { client_key { name: 'app' token_file: '/t' "
                                        "levels: 'basic' } }")),
              IsEmpty());
  EXPECT_THAT(FaultsOf(FromText(level + "resources { client_key { name: 'app' token_file: '/t' "
                                        "levels: 'bassic' } }")),
              ElementsAre("keys[app].levels[0]: there is no level 'bassic' (did you mean "
                          "'basic'?)"));
  EXPECT_THAT(FaultsOf(FromText(level + "resources { level { name: 'basic' } }")),
              ElementsAre(HasSubstr("is the name of another level")));
  EXPECT_THAT(FaultsOf(FromText("resources { level { name: 'A' models: '' models: 'a*b' } }")),
              SizeIs(3));
}

}  // namespace
}  // namespace llmgw::config
