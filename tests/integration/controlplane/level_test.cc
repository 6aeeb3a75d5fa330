#include <gmock/gmock.h>

#include "tests/integration/controlplane/controlplane_fixture.h"

namespace llmgw::controlplane {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Levels = admin::v1::LevelService::Stub;

class LevelTest : public ControlplaneFixture {
 protected:
  Result<admin::v1::LevelEntry> CreateLevel(const std::string& name, const std::string& model) {
    admin::v1::CreateLevelRequest request;
    request.mutable_level()->set_name(name);
    request.mutable_level()->add_models(model);
    return Call(*levels_, &Levels::CreateLevel, request);
  }
  Result<admin::v1::DeleteLevelResponse> DeleteLevel(const std::string& name) {
    admin::v1::DeleteLevelRequest request;
    request.set_name(name);
    return Call(*levels_, &Levels::DeleteLevel, request);
  }
};

TEST_F(LevelTest, IsCreatedReadChangedAndDeleted) {
  const auto created = CreateLevel("basic", "gpt-4o-mini").value();
  EXPECT_EQ(created.meta().revision(), 2u);
  EXPECT_EQ(CreateLevel("basic", "x").error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(CreateLevel("bad", "a*b").error().field, "levels[bad].models[0]");

  admin::v1::UpdateLevelRequest update;
  *update.mutable_level() = created.level();
  update.mutable_level()->add_models("o4-*");
  EXPECT_EQ(Call(*levels_, &Levels::UpdateLevel, update).error().field, "expected_revision");
  update.set_expected_revision(created.meta().revision());
  ASSERT_TRUE(Call(*levels_, &Levels::UpdateLevel, update));
  EXPECT_EQ(Call(*levels_, &Levels::UpdateLevel, update).error().kind, ErrorKind::kConflict);

  admin::v1::GetLevelRequest get;
  get.set_name("basic");
  EXPECT_THAT(Call(*levels_, &Levels::GetLevel, get)->level().models(),
              ElementsAre("gpt-4o-mini", "o4-*"));
  get.set_name("bsaic");
  EXPECT_THAT(Call(*levels_, &Levels::GetLevel, get).error().message,
              HasSubstr("did you mean 'basic'?"));
  ASSERT_TRUE(DeleteLevel("basic"));
  EXPECT_EQ(DeleteLevel("basic").error().kind, ErrorKind::kNotFound);
}

TEST_F(LevelTest, IsListedInPages) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(CreateLevel(name, "m"));
  admin::v1::ListLevelsRequest list;
  list.mutable_page()->set_page_size(2);
  auto page = Call(*levels_, &Levels::ListLevels, list).value();
  ASSERT_EQ(page.levels_size(), 2);
  EXPECT_EQ(page.levels(0).level().name(), "a");
  list.mutable_page()->set_page_token(page.next_page_token());
  page = Call(*levels_, &Levels::ListLevels, list).value();
  ASSERT_EQ(page.levels_size(), 1);
  EXPECT_EQ(page.levels(0).level().name(), "c");
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(LevelTest, CannotBeDeletedWhileAKeyOrACredentialNamesIt) {
  ASSERT_TRUE(CreateLevel("basic", "gpt-4o-mini"));
  admin::v1::CreateKeyRequest key;
  key.mutable_key()->set_name("app");
  key.mutable_key()->add_levels("basic");
  ASSERT_TRUE(Call(*keys_, &admin::v1::KeyService::Stub::CreateKey, key));
  auto upstream = CreateUpstream("openai").value();
  upstream.mutable_upstream()->mutable_credentials(0)->add_levels("basic");
  ASSERT_TRUE(UpdateUpstream(upstream.upstream(), upstream.meta().revision()));

  const auto refused = DeleteLevel("basic");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(refused.error().message, HasSubstr("level 'basic' is named by key 'app', upstream "
                                                 "'openai'"));
  EXPECT_THAT(GetUpstream("openai")->upstream().credentials(0).levels(), ElementsAre("basic"));

  admin::v1::CreateKeyRequest typo;
  typo.mutable_key()->set_name("other");
  typo.mutable_key()->add_levels("bassic");
  EXPECT_EQ(Call(*keys_, &admin::v1::KeyService::Stub::CreateKey, typo).error().field,
            "keys[other].levels[0]");
}

TEST_F(LevelTest, ChangesAreInTheAuditTrail) {
  ASSERT_TRUE(CreateLevel("basic", "m"));
  ASSERT_TRUE(DeleteLevel("basic"));
  admin::v1::ListAuditEntriesRequest list;
  list.set_kind("level");
  const auto entries =
      Call(*audit_, &admin::v1::AuditService::Stub::ListAuditEntries, list).value();
  ASSERT_EQ(entries.entries_size(), 2);
  EXPECT_EQ(entries.entries(0).action(), "delete");
  EXPECT_EQ(entries.entries(1).action(), "create");
  EXPECT_EQ(entries.entries(1).name(), "basic");
}

}  // namespace
}  // namespace llmgw::controlplane
