#include "tests/fakes/openai_like.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/multipart.h"
#include "tests/support/http_client.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

constexpr const char* kKey = "sk-test";
constexpr const char* kChat = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}])";

class OpenAiLikeTest : public testing::Test {
 protected:
  HttpAnswer Post(const std::string& path, const std::string& json) {
    return PostJson(provider_.server().address(), "/v1/" + path, json, kKey);
  }
  HttpAnswer PostForm(const std::string& path, const std::vector<FormPart>& parts) {
    return Request(provider_.server().address(),
                   {.method = "POST",
                    .target = "/v1/" + path,
                    .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                {"Content-Type", "multipart/form-data; boundary=edge"}},
                    .body = PrintForm(parts, "edge")});
  }

  OpenAiLike provider_{kKey};
};

TEST_F(OpenAiLikeTest, AnswersAChat) {
  const HttpAnswer answer = Post("chat/completions", std::string(kChat) + "}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["choices"][0]["message"]["role"], "assistant");
}

TEST_F(OpenAiLikeTest, StreamsAChatWithUsageLastWhenAsked) {
  const HttpAnswer answer =
      Post("chat/completions",
           std::string(kChat) + R"(,"stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(answer.Header("content-type"), "text/event-stream");
  EXPECT_TRUE(answer.body.ends_with("data: [DONE]\n\n"));
  EXPECT_LT(answer.body.find("\"finish_reason\":\"stop\""), answer.body.find("\"total_tokens\""));
}

TEST_F(OpenAiLikeTest, RefusesWhatOpenAiRefuses) {
  EXPECT_EQ(Post("chat/completions", R"({"model":"gpt-4o"})").status, 400);
  EXPECT_EQ(Post("chat/completions", R"({"messages":[]})").status, 400);
  EXPECT_EQ(Post("chat/completions", "{nonsense").status, 400);
  EXPECT_EQ(Post("nothing", R"({"model":"m"})").status, 404);
  EXPECT_EQ(PostJson(provider_.server().address(), "/v1/chat/completions", "{}", "sk-wrong").status,
            401);
}

TEST_F(OpenAiLikeTest, FailsByTheNameOfTheModel) {
  for (const int status : {400, 401, 403, 404, 409, 422, 429, 500, 503}) {
    EXPECT_EQ(Post("embeddings", R"({"model":"error-)" + std::to_string(status) + "\"}").status,
              status);
  }
  const std::string once = R"({"input":"x","model":"fail-once-500-a"})";
  EXPECT_EQ(Post("embeddings", once).status, 500);
  EXPECT_EQ(Post("embeddings", once).status, 200);
}

TEST_F(OpenAiLikeTest, ChecksTheFormOfATranscription) {
  const FormPart model{.name = "model", .filename = "", .content_type = "", .content = "whisper-1"};
  const FormPart file{
      .name = "file", .filename = "a.mp3", .content_type = "audio/mpeg", .content = "12345"};
  EXPECT_EQ(PostForm("audio/transcriptions", {model}).status, 400);
  const HttpAnswer answer = PostForm("audio/transcriptions", {model, file});
  EXPECT_EQ(answer.body, R"({"text":"heard 5 bytes"})");
}

TEST_F(OpenAiLikeTest, KeepsFilesUntilDeleted) {
  const FormPart purpose{.name = "purpose", .filename = "", .content_type = "", .content = "batch"};
  const FormPart file{
      .name = "file", .filename = "a.txt", .content_type = "", .content = "content\r\n--edgy"};
  const HttpAnswer uploaded = PostForm("files", {purpose, file});
  ASSERT_EQ(uploaded.status, 200) << uploaded.body;
  const std::string id = Json::parse(uploaded.body)["id"];
  const std::string address = provider_.server().address();
  const Headers auth{{"Authorization", std::string("Bearer ") + kKey}};
  EXPECT_EQ(Get(address, "/v1/files/" + id + "/content", auth).body, file.content);
  EXPECT_EQ(Request(address,
                    {.method = "DELETE", .target = "/v1/files/" + id, .headers = auth, .body = {}})
                .status,
            200);
  EXPECT_EQ(Get(address, "/v1/files/" + id, auth).status, 404);
}

TEST_F(OpenAiLikeTest, ReportsWhatItSaw) {
  Post("embeddings", R"({"input":"x","model":"seen"})");
  const Json state = Json::parse(Get(provider_.server().address(), "/_fake/state").body);
  ASSERT_EQ(state["requests"].size(), 1U);
  EXPECT_EQ(state["requests"][0]["model"], "seen");
}

}  // namespace
}  // namespace llmgw::test
