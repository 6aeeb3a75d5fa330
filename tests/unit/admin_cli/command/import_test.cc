#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kFile[] =
    "authorization: short, 0123456789abcdef-client\n"
    "upstreams:\n"
    "  - {sk: sk-abcdefghijklmnop-last, endpoint: 'https://api.example.com/v1'}\n"
    "address: :8888\n";

// A controlplane that keeps what it is given, as far as an import needs it.
class ImportTest : public CliTest {
 protected:
  ImportTest() {
    stored_route.mutable_route()->set_name("default");
    stored_route.mutable_route()->set_prefix("/v1");
    stored_route.mutable_meta()->set_revision(1);
    server.get_route.Answers([this](const auto&, admin::v1::RouteEntry* a) {
      *a = stored_route;
      return grpc::Status::OK;
    });
    server.update_route.Answers([this](const auto& q, admin::v1::RouteEntry* a) {
      *stored_route.mutable_route() = q.route();
      stored_route.mutable_meta()->set_revision(3);
      *a = stored_route;
      return grpc::Status::OK;
    });
    server.get_upstream.Fails(grpc::StatusCode::NOT_FOUND, "there is none");
    server.create_upstream.Answers([this](const auto& q, admin::v1::UpstreamEntry* a) {
      a->mutable_meta()->set_revision(2);
      *a->mutable_upstream() = q.upstream();
      auto& credential = *a->mutable_upstream()->mutable_credentials(0);
      credential.clear_secret();
      credential.set_hint("last");
      server.get_upstream.Answers(*a);
      return grpc::Status::OK;
    });
    server.get_key.Fails(grpc::StatusCode::NOT_FOUND, "there is none");
    server.create_key.Answers([this](const auto& q, admin::v1::CreateKeyResponse* a) {
      *a->mutable_entry()->mutable_key() = q.key();
      a->mutable_entry()->mutable_key()->set_id("key_" + q.key().name());
      a->mutable_entry()->mutable_key()->set_prefix("0123456");
      a->mutable_entry()->mutable_meta()->set_revision(4);
      if (q.token().empty()) a->set_token("sk-llmgw-made-here");
      return grpc::Status::OK;
    });
    file = WriteFile("config.yaml", kFile);
  }

  admin::v1::RouteEntry stored_route;
  std::string file;
};

TEST_F(ImportTest, ADryRunShowsThePlanAndChangesNothing) {
  const Seen seen = Run({"import", "openai-api-route", file, "--dry-run"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_THAT(seen.out, HasSubstr("create  upstream  api.example.com  https://api.example.com/v1, "
                                  "1 credential"));
  EXPECT_THAT(seen.out, HasSubstr("change  route     default"));
  EXPECT_THAT(seen.out, HasSubstr("  address (line 4): is where the program listens"));
  EXPECT_THAT(seen.err, HasSubstr("dry run: nothing was changed"));
  EXPECT_EQ(server.create_upstream.calls() + server.update_route.calls(), 0u);
}

TEST_F(ImportTest, NoSecretIsEverPrinted) {
  for (const char* format : {"table", "json", "yaml"}) {
    const Seen seen = Run({"import", "openai-api-route", file, "--dry-run", "-o", format});
    for (const char* secret : {"sk-abcdef", "0123456789abcdef", "short,"})
      EXPECT_THAT(seen.out + seen.err, Not(HasSubstr(secret))) << format;
  }
}

TEST_F(ImportTest, MakesWhatIsMissingAndASecondTimeNothing) {
  const Seen first = Run({"import", "openai-api-route", file, "--no-wait"});
  EXPECT_EQ(first.code, ExitCode::kOk) << first.err;
  EXPECT_THAT(first.out, HasSubstr("3 resources imported (revision 4)"));
  EXPECT_EQ(server.create_upstream.last().upstream().credentials(0).secret(),
            "sk-abcdefghijklmnop-last");
  EXPECT_EQ(server.update_route.last().expected_revision(), 1u);
  EXPECT_EQ(server.create_key.last().token(), "0123456789abcdef-client");

  admin::v1::KeyEntry key;
  *key.mutable_key() = server.create_key.last().key();
  key.mutable_key()->set_id("key_x");
  key.mutable_key()->set_prefix("0123456");
  server.get_key.Answers(key);
  const Seen second = Run({"import", "openai-api-route", file});
  EXPECT_EQ(second.code, ExitCode::kOk) << second.err;
  EXPECT_THAT(second.err, HasSubstr("nothing to change: everything is there already"));
  EXPECT_EQ(server.create_upstream.calls(), 1u);
  EXPECT_EQ(server.update_route.calls(), 1u);
  EXPECT_EQ(server.create_key.calls(), 1u);
}

TEST_F(ImportTest, WhatIsThereUnderTheNameButDifferentIsLeftAlone) {
  admin::v1::UpstreamEntry other;
  other.mutable_upstream()->set_name("api.example.com");
  other.mutable_upstream()->set_kind("openai");
  other.mutable_upstream()->set_endpoint("https://other.example.com");
  server.get_upstream.Answers(other);
  stored_route.mutable_route()->set_auth("none");
  const Seen seen = Run({"import", "openai-api-route", file, "--no-wait"});
  EXPECT_EQ(seen.code, ExitCode::kConflict);
  EXPECT_THAT(seen.out, HasSubstr("differs  upstream  api.example.com  is there already, but "
                                  "differs in endpoint, credentials, headers; left alone"));
  EXPECT_THAT(seen.out, HasSubstr("blocked  key       client-2         not made: it names route "
                                  "default, which would not be what was meant"));
  EXPECT_EQ(server.create_upstream.calls() + server.update_route.calls(), 0u);
  EXPECT_EQ(server.create_key.calls(), 0u);
}

TEST_F(ImportTest, AFailureInTheMiddleSaysWhatWasDone) {
  server.create_key.Fails(grpc::StatusCode::UNAVAILABLE, "the database is away");
  const Seen seen = Run({"import", "openai-api-route", file, "--no-wait"});
  EXPECT_EQ(seen.code, ExitCode::kUnavailable);
  EXPECT_THAT(seen.err, AllOf(HasSubstr("key client-2: the database is away"),
                              HasSubstr("Done before: upstream api.example.com, route default"),
                              HasSubstr("Importing again is safe")));
}

TEST_F(ImportTest, ShortTokensGetNewOnesInAPrivateFile) {
  const std::string tokens = folder + "/tokens.txt";
  const Seen seen = Run({"import", "openai-api-route", file, "--new-tokens", tokens, "--no-wait"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_THAT(seen.out + seen.err, Not(HasSubstr("made-here")));
  std::string line;
  std::ifstream in(tokens);
  std::getline(in, line);
  EXPECT_EQ(line, "client-1 sk-llmgw-made-here");
  struct stat info {};
  ASSERT_EQ(::stat(tokens.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_THAT(Run({"import", "openai-api-route", file, "--new-tokens", tokens}).err,
              HasSubstr("is there already"));
}

TEST_F(ImportTest, TheDocumentHasStepsAndWhatWasLeftOut) {
  const auto document = nlohmann::json::parse(
      Run({"import", "openai-api-route", file, "--dry-run", "-o", "json"}).out);
  EXPECT_EQ(document["dry_run"], true);
  EXPECT_EQ(document["steps"][0]["action"], "create");
  EXPECT_EQ(document["steps"][0]["kind"], "upstream");
  EXPECT_EQ(document["steps"][0]["resource"]["headers"], "minimal");
  EXPECT_EQ(document["not_carried"][0]["key"], "authorization (token 1)");
}

TEST_F(ImportTest, AMistakeNamesFileKeyAndLine) {
  const std::string bad = WriteFile("bad.env", "A=1\nTIMEOUT=soon\n");
  const Seen seen = Run({"import", "openai-forward", bad});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_THAT(seen.err, HasSubstr("bad.env: TIMEOUT (line 2): must be a number of seconds"));
  EXPECT_EQ(Run({"import", "openai-forward", folder + "/absent"}).code, ExitCode::kNotFound);
  EXPECT_EQ(Run({"import", "nginx", bad}).code, ExitCode::kUsage);
}

TEST_F(ImportTest, ReadsOpenaiForwardsFilesByTheirEnding) {
  const std::string yaml = WriteFile(
      "openai-forward-config.yaml",
      "forward:\n  - {base_url: 'https://api.example.com', route: /openai, type: openai}\n");
  const std::string dotenv = WriteFile(".env", "OPENAI_BASE_URL=https://api.example.com\n");
  for (const std::string& path : {yaml, dotenv}) {
    const Seen seen = Run({"import", "openai-forward", path, "--dry-run"});
    EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
    EXPECT_THAT(seen.out, HasSubstr("api.example.com"));
  }
}

}  // namespace
}  // namespace llmgw::admin_cli
