#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::CreateLevelRequest;
using admin::v1::LevelEntry;
using admin::v1::UpdateLevelRequest;

class LevelTest : public CliTest {
 protected:
  LevelTest() {
    server.create_level.Answers([](const CreateLevelRequest& q, LevelEntry* a) {
      *a->mutable_level() = q.level();
      return grpc::Status::OK;
    });
    server.update_level.Answers([](const UpdateLevelRequest& q, LevelEntry* a) {
      *a->mutable_level() = q.level();
      return grpc::Status::OK;
    });
    LevelEntry stored;
    stored.mutable_meta()->set_revision(3);
    stored.mutable_level()->set_name("basic");
    stored.mutable_level()->add_models("gpt-4o*");
    server.get_level.Answers(stored);
    admin::v1::ListLevelsResponse list;
    *list.add_levels() = stored;
    list.add_levels()->mutable_level()->set_name("level-0");
    server.list_levels.Answers(list);
  }
};

TEST_F(LevelTest, AddSendsTheModels) {
  ASSERT_EQ(
      Run({"level", "add", "voice", "--model", "tts-1", "--model", "whisper-*", "--no-wait"}).code,
      ExitCode::kOk);
  const auto sent = server.create_level.last().level();
  EXPECT_EQ(sent.name(), "voice");
  ASSERT_EQ(sent.models_size(), 2);
  EXPECT_EQ(sent.models(1), "whisper-*");
}

TEST_F(LevelTest, SetReplacesTheModelsOfTheRevisionThatItRead) {
  ASSERT_EQ(Run({"level", "set", "basic", "--model", "o4-mini", "--no-wait"}).code, ExitCode::kOk);
  EXPECT_EQ(server.update_level.last().expected_revision(), 3u);
  EXPECT_EQ(server.update_level.last().level().models(0), "o4-mini");
  ASSERT_EQ(Run({"level", "set", "basic", "--clear", "models", "--no-wait"}).code, ExitCode::kOk);
  EXPECT_EQ(server.update_level.last().level().models_size(), 0);
  EXPECT_EQ(Run({"level", "set", "basic"}).code, ExitCode::kUsage);
}

TEST_F(LevelTest, ListAndShowSayWhatAnEmptyLevelMeans) {
  const std::string out = Run({"level", "list"}).out;
  EXPECT_NE(out.find("basic    gpt-4o*"), std::string::npos) << out;
  EXPECT_NE(out.find("level-0  every model"), std::string::npos) << out;
  EXPECT_NE(Run({"level", "show", "basic"}).out.find("gpt-4o*"), std::string::npos);
  const auto document = nlohmann::json::parse(Run({"level", "show", "basic", "-o", "json"}).out);
  EXPECT_EQ(document["level"]["models"][0], "gpt-4o*");
}

TEST_F(LevelTest, RemoveOfAUsedLevelIsAConflict) {
  server.delete_level.Fails(grpc::StatusCode::FAILED_PRECONDITION, "key app names it");
  EXPECT_EQ(Run({"level", "remove", "basic"}).code, ExitCode::kConflict);
}

TEST_F(LevelTest, CredentialsOfAnUpstreamGetLevels) {
  admin::v1::UpstreamEntry stored;
  stored.mutable_meta()->set_revision(4);
  stored.mutable_upstream()->set_name("openai");
  stored.mutable_upstream()->add_credentials()->set_id("a");
  stored.mutable_upstream()->add_credentials()->set_id("b");
  stored.mutable_upstream()->mutable_credentials(1)->add_levels("old");
  server.get_upstream.Answers(stored);
  ASSERT_EQ(Run({"upstream", "set", "openai", "--credential-level", "a=basic,a=voice",
                 "--credential-level", "b=", "--no-wait"})
                .code,
            ExitCode::kOk);
  const auto sent = server.update_upstream.last().upstream();
  EXPECT_EQ(sent.credentials(0).levels_size(), 2);
  EXPECT_EQ(sent.credentials(1).levels_size(), 0);
  const Seen missing = Run({"upstream", "set", "openai", "--credential-level", "c=basic"});
  EXPECT_EQ(missing.code, ExitCode::kNotFound);
  EXPECT_NE(missing.err.find("no credential 'c'"), std::string::npos) << missing.err;
  EXPECT_EQ(Run({"upstream", "set", "openai", "--credential-level", "basic"}).code,
            ExitCode::kUsage);
}

}  // namespace
}  // namespace llmgw::admin_cli
