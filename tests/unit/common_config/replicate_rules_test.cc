#include <gtest/gtest.h>

#include "common/config/validate.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config {
namespace {

v1::Upstream* AddReplicate(v1::Snapshot& snapshot) {
  v1::Upstream* upstream = snapshot.add_resources()->mutable_upstream();
  upstream->set_name("replicate");
  upstream->set_kind("replicate");
  upstream->set_endpoint("https://api.replicate.com/v1");
  upstream->add_credentials()->set_secret("r8_x");
  return upstream;
}

std::string FirstFault(const v1::Snapshot& snapshot) {
  const auto faults = Validate(snapshot);
  return faults.empty() ? "" : faults.front().Describe();
}

TEST(ReplicateRules, AcceptTemplatesAndAWait) {
  v1::Snapshot snapshot;
  auto* options = AddReplicate(snapshot)->mutable_replicate();
  (*options->mutable_prompt_templates())["meta/*"] = "{user}\n{assistant}\n";
  options->mutable_wait()->set_seconds(5);
  EXPECT_EQ(FirstFault(snapshot), "");
}

TEST(ReplicateRules, NameTheTemplateThatCanNotBeUsed) {
  v1::Snapshot snapshot;
  auto* options = AddReplicate(snapshot)->mutable_replicate();
  (*options->mutable_prompt_templates())["meta/*"] = "{usr}";
  EXPECT_NE(FirstFault(snapshot).find("replicate.prompt_templates[meta/*]"), std::string::npos)
      << FirstFault(snapshot);
}

TEST(ReplicateRules, BoundTheWait) {
  for (const int64_t seconds : {0, 61}) {
    v1::Snapshot snapshot;
    AddReplicate(snapshot)->mutable_replicate()->mutable_wait()->set_seconds(seconds);
    EXPECT_NE(FirstFault(snapshot).find("replicate.wait"), std::string::npos);
  }
}

TEST(ReplicateRules, RefuseThePassingOnOfAClientsCredential) {
  v1::Snapshot snapshot;
  AddReplicate(snapshot)->set_credential_mode("passthrough");
  EXPECT_NE(FirstFault(snapshot).find("credential_mode"), std::string::npos);
}

TEST(ReplicateRules, AreForTheirKindOnly) {
  v1::Snapshot snapshot;
  v1::Upstream* upstream = AddReplicate(snapshot);
  upstream->set_kind("openai");
  upstream->mutable_replicate();
  EXPECT_NE(FirstFault(snapshot).find("is for kind replicate"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::config
