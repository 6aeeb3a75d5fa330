#include <gmock/gmock.h>

#include <condition_variable>
#include <nlohmann/json.hpp>
#include <streambuf>
#include <thread>

#include "tests/fakes/fake_upstream.h"
#include "tests/support/test_ca.h"
#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using test::AnswerJson;
using test::FakeUpstream;
using test::Gate;
using test::StreamSse;
using testing::HasSubstr;

std::string Delta(const std::string& text) {
  return nlohmann::json{{"model", "gpt-4o"}, {"choices", {{{"delta", {{"content", text}}}}}}}
      .dump();
}

// Output that another thread can wait for. Only what was flushed counts.
class LiveOutput final : public std::streambuf {
 public:
  bool WaitFor(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return flushed_.find(text) != std::string::npos; });
  }

 protected:
  int overflow(int c) override {
    pending_ += static_cast<char>(c);
    return c;
  }
  int sync() override {
    std::lock_guard lock(mutex_);
    flushed_ += pending_;
    pending_.clear();
    changed_.notify_all();
    return 0;
  }

 private:
  std::string pending_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string flushed_;  // guarded by mutex_
};

class ChatTest : public CliTest {
 protected:
  std::vector<std::string> Args(std::vector<std::string> more) {
    more.insert(more.begin(), {"chat", "--gateway", gateway.Url()});
    return more;
  }
  Seen Chat(std::vector<std::string> more) { return RunPlain(Args(std::move(more))); }
  nlohmann::json Sent() { return nlohmann::json::parse(gateway.requests().back().body); }

  FakeUpstream gateway;
};

TEST_F(ChatTest, SendsOneMessageAndPrintsTheAnswer) {
  gateway.Next(StreamSse({Delta("Hel"), Delta("lo"), "[DONE]"}));
  env["K"] = "sk-client";
  const Seen seen = Chat({"--key-env", "K", "--model", "m", "--system", "Be brief.", "Say", "hi"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_EQ(seen.out, "Hello\n");
  const auto request = gateway.requests().back();
  EXPECT_EQ(request.target, "/v1/chat/completions");
  EXPECT_EQ(request.Header("authorization"), "Bearer sk-client");
  EXPECT_EQ(Sent()["model"], "m");
  EXPECT_EQ(Sent()["stream"], true);
  EXPECT_EQ(Sent()["messages"][0]["content"], "Be brief.");
  EXPECT_EQ(Sent()["messages"][1]["content"], "Say hi");
}

TEST_F(ChatTest, ShowsEachPieceWhenItArrives) {
  Gate gate;
  gateway.Next(StreamSse({Delta("one"), Delta("two"), "[DONE]"}, gate));
  LiveOutput live;
  std::ostream out(&live);
  std::thread reader([&] {
    gate.Release();
    EXPECT_TRUE(live.WaitFor("one"));
    gate.Release();
    EXPECT_TRUE(live.WaitFor("onetwo"));
    gate.Open();
  });
  EXPECT_EQ(RunOnto(out, Args({"hi"})).code, ExitCode::kOk);
  reader.join();
}

TEST_F(ChatTest, ReadsTheMessageFromStandardInput) {
  gateway.Next(StreamSse({"[DONE]"}));
  input = "from a pipe";
  EXPECT_EQ(Chat({"-"}).code, ExitCode::kOk);
  EXPECT_EQ(Sent()["messages"][0]["content"], "from a pipe");
}

TEST_F(ChatTest, FailsWhenTheStreamEndsWithoutDone) {
  gateway.Next(StreamSse({Delta("Hel")}));
  const Seen seen = Chat({"hi"});
  EXPECT_EQ(seen.code, ExitCode::kError);
  EXPECT_EQ(seen.out, "Hel\n");
  EXPECT_THAT(seen.err, HasSubstr("the stream broke before its end"));
}

TEST_F(ChatTest, FailsWhenTheConnectionBreaksInTheMiddle) {
  gateway.Next(test::TruncateAfter(StreamSse({Delta("Hel"), Delta("lo"), "[DONE]"}), 220));
  const Seen seen = Chat({"hi"});
  EXPECT_NE(seen.code, ExitCode::kOk);
  EXPECT_THAT(seen.err, HasSubstr("broke"));
}

TEST_F(ChatTest, ShowsTheErrorEventOfABrokenStream) {
  gateway.Next(StreamSse(
      {Delta("Hel"),
       R"({"error":{"message":"upstream a closed","code":"stream_broken","fault":"upstream"}})"}));
  const Seen seen = Chat({"hi"});
  EXPECT_EQ(seen.code, ExitCode::kError);
  EXPECT_THAT(seen.err, HasSubstr("stream_broken: upstream a closed"));
  EXPECT_THAT(seen.err, HasSubstr("Fault: upstream."));
}

TEST_F(ChatTest, ShowsTheGatewaysRefusalWithReasonFaultAndRequest) {
  gateway.Next(AnswerJson(401, R"({"error":{"message":"unknown key","code":"invalid_api_key"}})",
                          {{"x-llmgw-reason", "invalid_api_key"},
                           {"x-llmgw-fault", "client"},
                           {"x-request-id", "req_abc"}}));
  const Seen seen = Chat({"hi"});
  EXPECT_EQ(seen.code, ExitCode::kDenied);
  EXPECT_EQ(seen.out, "");
  for (const char* part : {"the gateway answered 401", "invalid_api_key: unknown key",
                           "Fault: client.", "llmctl logs show req_abc", "llmctl key create"}) {
    EXPECT_THAT(seen.err, HasSubstr(part));
  }
}

TEST_F(ChatTest, TellsAnUpstreamsRefusalFromTheGateways) {
  gateway.Next(AnswerJson(429, R"({"error":{"message":"slow down","code":"rate_limited"}})"));
  const Seen seen = Chat({"hi"});
  EXPECT_EQ(seen.code, ExitCode::kError);
  EXPECT_THAT(seen.err, HasSubstr("the upstream answered 429: rate_limited: slow down"));
}

TEST_F(ChatTest, TakesAnAnswerInOnePiece) {
  gateway.Next(AnswerJson(
      200, R"({"model":"m","choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})"));
  const Seen seen = Chat({"--no-stream", "hi"});
  EXPECT_EQ(seen.code, ExitCode::kOk) << seen.err;
  EXPECT_EQ(seen.out, "Hello\n");
  EXPECT_EQ(Sent()["stream"], false);
}

TEST_F(ChatTest, GivesScriptsOneDocument) {
  gateway.Next(StreamSse({Delta("Hello"), "[DONE]"}));
  const auto document = nlohmann::json::parse(Chat({"hi", "-o", "json"}).out);
  EXPECT_EQ(document["content"], "Hello");
  EXPECT_EQ(document["complete"], true);
}

TEST_F(ChatTest, ShowsTheBytesThemselvesOnDemand) {
  gateway.Next(StreamSse({Delta("Hello"), "[DONE]"}));
  EXPECT_THAT(Chat({"--raw", "hi"}).out, HasSubstr("data: [DONE]\n\n"));
}

TEST_F(ChatTest, DoesNotLetAModelWriteOnTheTerminal) {
  gateway.Next(StreamSse({Delta("a\x1b[2Jb"), "[DONE]"}));
  terminal = true;
  EXPECT_THAT(Chat({"hi"}).out, HasSubstr("a\\x1b[2Jb"));
}

TEST_F(ChatTest, IsLeftWithCtrlC) {
  Gate gate;
  gateway.Next(StreamSse({Delta("one"), "[DONE]"}, gate));
  LiveOutput live;
  std::ostream out(&live);
  std::thread person([&] {
    gate.Release();
    EXPECT_TRUE(live.WaitFor("one"));
    EXPECT_TRUE(interrupts.Trigger());
  });
  const Seen seen = RunOnto(out, Args({"hi"}));
  person.join();
  EXPECT_EQ(seen.code, ExitCode::kInterrupted);
  EXPECT_TRUE(gateway.WaitForClientGone());
}

TEST_F(ChatTest, SaysThatNobodyIsThere) {
  gateway.Stop();
  const Seen seen = Chat({"hi"});
  EXPECT_EQ(seen.code, ExitCode::kUnavailable);
  EXPECT_THAT(seen.err, HasSubstr("can't connect to the gateway at " + gateway.Url()));
}

TEST_F(ChatTest, FindsTheGatewayAndTheKeyInTheProfile) {
  gateway.Next(StreamSse({"[DONE]"}));
  const std::string key = WriteFile("client.key", "sk-of-profile\n");
  ASSERT_EQ(RunPlain({"profile", "add", "p", "--gateway", gateway.Url(), "--key-file", key}).code,
            ExitCode::kOk);
  EXPECT_EQ(RunPlain({"chat", "hi"}).code, ExitCode::kOk);
  EXPECT_EQ(gateway.requests().back().Header("authorization"), "Bearer sk-of-profile");
}

TEST_F(ChatTest, SendsTheProfilesKeyToNoOtherGateway) {
  const std::string key = WriteFile("client.key", "sk-of-profile\n");
  ASSERT_EQ(
      RunPlain({"profile", "add", "p", "--gateway", "https://elsewhere.example", "--key-file", key})
          .code,
      ExitCode::kOk);
  env.erase("LLMGW_CLIENT_KEY");
  RunPlain({"chat", "--gateway", gateway.Url(), "Hello"});
  ASSERT_EQ(gateway.requests().size(), 1u);
  EXPECT_EQ(gateway.requests().back().Header("authorization"), "");
}

TEST_F(ChatTest, KeepsThePathOfTheGatewaysUrl) {
  gateway.Next(StreamSse({"[DONE]"}));
  EXPECT_EQ(RunPlain({"chat", "hi", "--gateway", gateway.Url("/team/v1/")}).code, ExitCode::kOk);
  EXPECT_EQ(gateway.requests().back().target, "/team/v1/chat/completions");
  EXPECT_EQ(RunPlain({"chat", "hi", "--gateway", "ftp://x"}).code, ExitCode::kUsage);
}

TEST_F(ChatTest, TrustsOnlyTheGivenCaOverTls) {
  test::TestCa ca;
  FakeUpstream secure({.tls = ca.Issue()});
  secure.Always(StreamSse({Delta("Hello"), "[DONE]"}));
  const std::vector<std::string> args = {"chat", "hi", "--gateway", secure.Url()};
  const Seen untrusted = RunPlain(args);
  EXPECT_EQ(untrusted.code, ExitCode::kUnavailable);
  EXPECT_THAT(untrusted.err, HasSubstr("--gateway-ca FILE"));

  auto with_ca = args;
  with_ca.insert(with_ca.end(), {"--gateway-ca", ca.ca_file()});
  EXPECT_EQ(RunPlain(with_ca).out, "Hello\n");
  with_ca.back() = folder + "/absent";
  EXPECT_EQ(RunPlain(with_ca).code, ExitCode::kUsage);
}

}  // namespace
}  // namespace llmgw::admin_cli
