#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::AccessRuleChange;
using admin::v1::CreateAccessRuleRequest;

class AccessTest : public CliTest {
 protected:
  AccessTest() {
    server.create_rule.Answers([](const CreateAccessRuleRequest& q, AccessRuleChange* a) {
      *a->mutable_rule() = q.rule();
      a->set_revision(21);
      return grpc::Status::OK;
    });
  }
};

TEST_F(AccessTest, AddsEachPatternAndWaitsForTheLast) {
  const Seen seen = Run({"allow", "add", "gpt-4o*", "o3", "--upstream", "openai"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  const auto sent = server.create_rule.requests();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].rule().effect(), "allow");
  EXPECT_EQ(sent[0].rule().subject_kind(), "upstream");
  EXPECT_EQ(sent[0].rule().subject(), "openai");
  EXPECT_EQ(sent[1].rule().pattern(), "o3");
  EXPECT_EQ(server.wait_for_rollout.calls(), 1u);
  EXPECT_EQ(server.wait_for_rollout.last().revision(), 21u);
}

TEST_F(AccessTest, AddsNothingWhenOnePatternIsWrong) {
  const Seen seen = Run({"deny", "add", "o1*", "a*b", "--key", "app"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_NE(seen.err.find("PATTERN: 'a*b' may have a '*' only at its end"), std::string::npos)
      << seen.err;
  EXPECT_EQ(server.create_rule.calls(), 0u);
}

TEST_F(AccessTest, SaysWhatWasStoredBeforeAFailure) {
  server.create_rule.Answers([](const CreateAccessRuleRequest& q, AccessRuleChange* a) {
    *a->mutable_rule() = q.rule();
    if (q.rule().pattern() != "o3") return grpc::Status::OK;
    return grpc::Status(grpc::StatusCode::ALREADY_EXISTS, "there is one already");
  });
  Seen seen = Run({"deny", "add", "o1*", "o2", "o3", "o4", "--key", "app"});
  EXPECT_EQ(seen.code, ExitCode::kConflict);
  EXPECT_NE(seen.err.find("That was 'o3'. Already added, and stored: o1*, o2."), std::string::npos)
      << seen.err;
  EXPECT_EQ(server.create_rule.calls(), 3u);

  seen = Run({"deny", "add", "o3", "o4", "--key", "app"});
  EXPECT_NE(seen.err.find("Nothing was added."), std::string::npos) << seen.err;
}

TEST_F(AccessTest, SaysWhatWasRemovedBeforeAFailure) {
  server.delete_rule.Answers([](const admin::v1::DeleteAccessRuleRequest& q, AccessRuleChange*) {
    if (q.rule().pattern() != "o3") return grpc::Status::OK;
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "there is none");
  });
  const Seen seen = Run({"deny", "remove", "o1*", "o3", "--key", "app"});
  EXPECT_EQ(seen.code, ExitCode::kNotFound);
  EXPECT_NE(seen.err.find("Already removed, and stored: o1*."), std::string::npos) << seen.err;
}

TEST_F(AccessTest, DeniesForKeys) {
  ASSERT_EQ(Run({"deny", "add", "o*", "--key", "app", "--no-wait"}).code, ExitCode::kOk);
  EXPECT_EQ(server.create_rule.last().rule().effect(), "deny");
  EXPECT_EQ(server.create_rule.last().rule().subject_kind(), "key");
}

TEST_F(AccessTest, NeedsToKnowWhoseList) {
  const Seen seen = Run({"allow", "add", "gpt-4o"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_NE(seen.err.find("--upstream NAME or --key NAME"), std::string::npos) << seen.err;
}

TEST_F(AccessTest, SaysThatAnEntryIsThereAlready) {
  server.create_rule.Fails(grpc::StatusCode::ALREADY_EXISTS, "'o3' is there already");
  EXPECT_EQ(Run({"allow", "add", "o3", "--upstream", "x"}).code, ExitCode::kConflict);
}

TEST_F(AccessTest, RemovesByPattern) {
  AccessRuleChange change;
  change.set_revision(22);
  server.delete_rule.Answers(change);
  ASSERT_EQ(Run({"deny", "remove", "o3", "--upstream", "x"}).code, ExitCode::kOk);
  EXPECT_EQ(server.delete_rule.last().rule().pattern(), "o3");
  EXPECT_EQ(server.delete_rule.last().rule().effect(), "deny");
}

TEST_F(AccessTest, ListsOneSubjectOrAll) {
  admin::v1::ListAccessRulesResponse response;
  auto& rule = *response.add_rules();
  rule.set_effect("allow");
  rule.set_subject_kind("key");
  rule.set_subject("app");
  rule.set_pattern("gpt-4o*");
  server.list_rules.Answers(response);
  EXPECT_EQ(Run({"allow", "list"}).out, "OF   NAME  PATTERN\nkey  app   gpt-4o*\n");
  EXPECT_EQ(server.list_rules.last().subject(), "");
  const auto document =
      nlohmann::json::parse(Run({"allow", "list", "--key", "app", "-o", "json"}).out);
  EXPECT_EQ(document["rules"][0]["pattern"], "gpt-4o*");
  EXPECT_EQ(server.list_rules.last().subject(), "app");
}

}  // namespace
}  // namespace llmgw::admin_cli
