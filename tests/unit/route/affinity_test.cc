#include "dataplane/route/affinity.h"

#include "dataplane/route/stable_hash.h"
#include "tests/unit/route/route_fixture.h"

namespace llmgw::route {
namespace {

using settings::StickyOn;

class AffinityTest : public RouteFixture {
 protected:
  void SetUp() override {
    AddRoute("r", "/v1");
    Apply();
  }
  uint64_t Affinity(StickyOn on, const std::string& user, const std::string& body) {
    model::RequestFacts facts;
    facts.user = user;
    return AffinityOf(on, caller(), facts, "192.0.2.1", body);
  }
};

TEST_F(AffinityTest, WithoutAKeyTheClientsAddressStandsForIt) {
  EXPECT_EQ(Affinity(StickyOn::kKey, "ann", "body"), StableHash("192.0.2.1"));
}

TEST_F(AffinityTest, TheUserCountsWhereOneIsNamed) {
  EXPECT_EQ(Affinity(StickyOn::kUser, "ann", "a"), Affinity(StickyOn::kUser, "ann", "b"));
  EXPECT_NE(Affinity(StickyOn::kUser, "ann", ""), Affinity(StickyOn::kUser, "bob", ""));
  EXPECT_EQ(Affinity(StickyOn::kUser, "", "a"), Affinity(StickyOn::kKey, "", ""));
}

TEST_F(AffinityTest, OnlyTheBeginningOfAPromptCounts) {
  const std::string beginning(kPromptBytes, 'p');
  EXPECT_EQ(Affinity(StickyOn::kPrompt, "ann", beginning + "one"),
            Affinity(StickyOn::kPrompt, "bob", beginning + "two"));
  EXPECT_NE(Affinity(StickyOn::kPrompt, "", "x" + beginning),
            Affinity(StickyOn::kPrompt, "", beginning));
  EXPECT_EQ(Affinity(StickyOn::kPrompt, "", ""), Affinity(StickyOn::kKey, "", ""));
}

}  // namespace
}  // namespace llmgw::route
