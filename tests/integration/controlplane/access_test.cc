#include <gmock/gmock.h>

#include "tests/integration/controlplane/controlplane_fixture.h"

namespace llmgw::controlplane {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Access = admin::v1::AccessService::Stub;

class AccessTest : public ControlplaneFixture {
 protected:
  static admin::v1::AccessRule Rule(const std::string& effect, const std::string& kind,
                                    const std::string& subject, const std::string& pattern) {
    admin::v1::AccessRule rule;
    rule.set_effect(effect);
    rule.set_subject_kind(kind);
    rule.set_subject(subject);
    rule.set_pattern(pattern);
    return rule;
  }
  Result<admin::v1::AccessRuleChange> Add(const admin::v1::AccessRule& rule) {
    admin::v1::CreateAccessRuleRequest request;
    *request.mutable_rule() = rule;
    return Call(*access_, &Access::CreateAccessRule, request);
  }
  std::vector<std::string> List(const admin::v1::ListAccessRulesRequest& request) {
    std::vector<std::string> lines;
    auto page = Call(*access_, &Access::ListAccessRules, request).value();
    for (const auto& rule : page.rules()) {
      lines.push_back(rule.subject() + " " + rule.effect() + " " + rule.pattern());
    }
    return lines;
  }
};

TEST_F(AccessTest, EditsOneEntryAndLeavesTheOthers) {
  ASSERT_TRUE(CreateUpstream("openai"));
  ASSERT_TRUE(CreateKey("app"));
  ASSERT_TRUE(Add(Rule("allow", "upstream", "openai", "gpt-4o*")));
  ASSERT_TRUE(Add(Rule("allow", "upstream", "openai", "o3")));
  ASSERT_TRUE(Add(Rule("deny", "key", "app", "gpt-4o-audio*")));
  EXPECT_THAT(List({}),
              ElementsAre("app deny gpt-4o-audio*", "openai allow gpt-4o*", "openai allow o3"));

  admin::v1::UpdateAccessRuleRequest update;
  *update.mutable_rule() = Rule("allow", "upstream", "openai", "gpt-4o*");
  update.set_new_pattern("gpt-5*");
  EXPECT_EQ(Call(*access_, &Access::UpdateAccessRule, update).error().field, "expected_revision");
  update.set_expected_revision(GetUpstream("openai")->meta().revision());
  EXPECT_EQ(Call(*access_, &Access::UpdateAccessRule, update)->rule().pattern(), "gpt-5*");
  EXPECT_THAT(GetUpstream("openai")->upstream().allow(), ElementsAre("gpt-5*", "o3"));

  admin::v1::DeleteAccessRuleRequest remove;
  *remove.mutable_rule() = Rule("allow", "upstream", "openai", "gpt-5*");
  ASSERT_TRUE(Call(*access_, &Access::DeleteAccessRule, remove));
  EXPECT_THAT(GetUpstream("openai")->upstream().allow(), ElementsAre("o3"));
  EXPECT_EQ(Call(*access_, &Access::DeleteAccessRule, remove).error().kind, ErrorKind::kNotFound);
}

TEST_F(AccessTest, EditingAListKeepsTheUpstreamsSecret) {
  ASSERT_TRUE(CreateUpstream("openai"));
  EXPECT_TRUE(Add(Rule("allow", "upstream", "openai", "*")));
  EXPECT_EQ(GetUpstream("openai")->upstream().credentials(0).hint(), "cdef");
}

TEST_F(AccessTest, RefusalsNameWhatIsWrong) {
  ASSERT_TRUE(CreateUpstream("openai"));
  ASSERT_TRUE(Add(Rule("allow", "upstream", "openai", "a")));
  EXPECT_EQ(Add(Rule("allow", "upstream", "openai", "a")).error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(Add(Rule("allow", "upstream", "openai", "a*b")).error().field, "rule.pattern");
  EXPECT_EQ(Add(Rule("maybe", "upstream", "openai", "b")).error().field, "rule.effect");
  EXPECT_EQ(Add(Rule("allow", "route", "openai", "b")).error().field, "rule.subject_kind");
  EXPECT_EQ(Add(Rule("allow", "upstream", "", "b")).error().field, "rule.subject");
  EXPECT_THAT(Add(Rule("allow", "upstream", "opena", "b")).error().message,
              HasSubstr("did you mean 'openai'"));
}

TEST_F(AccessTest, ListIsFilteredAndPaged) {
  ASSERT_TRUE(CreateUpstream("up"));
  auto key = CreateKey("app").value();
  for (auto pattern : {"a", "b", "c"}) ASSERT_TRUE(Add(Rule("allow", "upstream", "up", pattern)));
  ASSERT_TRUE(Add(Rule("deny", "key", "app", "d")));
  admin::v1::ListAccessRulesRequest request;
  request.set_subject(key.entry().key().id());
  EXPECT_THAT(List(request), ElementsAre("app deny d"));
  request.Clear();
  request.set_effect("allow");
  request.mutable_page()->set_page_size(2);
  auto page = Call(*access_, &Access::ListAccessRules, request).value();
  ASSERT_EQ(page.rules_size(), 2);
  request.mutable_page()->set_page_token(page.next_page_token());
  EXPECT_THAT(List(request), ElementsAre("up allow c"));
  request.Clear();
  request.set_effect("x");
  EXPECT_EQ(Call(*access_, &Access::ListAccessRules, request).error().field, "effect");
}

TEST_F(AccessTest, GetSaysWhetherARuleIsThere) {
  ASSERT_TRUE(CreateUpstream("up"));
  ASSERT_TRUE(Add(Rule("deny", "upstream", "up", "x")));
  admin::v1::GetAccessRuleRequest request;
  *request.mutable_rule() = Rule("deny", "upstream", "up", "x");
  EXPECT_GT(Call(*access_, &Access::GetAccessRule, request)->revision(), 0u);
  request.mutable_rule()->set_pattern("y");
  EXPECT_EQ(Call(*access_, &Access::GetAccessRule, request).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace llmgw::controlplane
