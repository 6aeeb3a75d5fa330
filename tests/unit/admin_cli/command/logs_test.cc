#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using admin::v1::ListLogsRequest;
using admin::v1::ListLogsResponse;
using testing::HasSubstr;
using testing::Not;
using usage::v1::RequestRecord;

RequestRecord Record(const std::string& id, int status, const std::string& reason) {
  RequestRecord record;
  record.set_request_id(id);
  record.mutable_time()->set_seconds(1'795'176'000);
  record.set_method("POST");
  record.set_path("/v1/chat/completions");
  record.set_status(status);
  record.set_reason(reason);
  record.set_model_asked("gpt-4o");
  record.set_total_us(12'300);
  return record;
}

class LogsTest : public CliTest {
 protected:
  // Runs `logs tail` until `enough` is in what it printed or the server's last stream is open, then
  // presses Ctrl-C.
  Seen TailUntilQuiet(std::vector<std::string> args) {
    std::thread ctrl_c([this] {
      EXPECT_TRUE(server.WaitForOpenTail());
      EXPECT_TRUE(interrupts.Trigger());
    });
    args.insert(args.begin(), {"logs", "tail"});
    const Seen seen = Run(args);
    ctrl_c.join();
    return seen;
  }
};

TEST_F(LogsTest, ListPagesUpToItsLimit) {
  server.list_logs.Answers([](const ListLogsRequest& q, ListLogsResponse* a) {
    const int start = q.page().page_token().empty() ? 0 : 1000;
    for (uint32_t i = 0; i < q.page().page_size(); ++i) {
      *a->add_records() = Record("req_" + std::to_string(start + static_cast<int>(i)), 200, "ok");
    }
    a->set_next_page_token("next");
    return grpc::Status::OK;
  });
  const Seen seen = Run({"logs", "list", "--limit", "1200", "-o", "json"});
  const auto records = nlohmann::json::parse(seen.out)["records"];
  ASSERT_EQ(records.size(), 1200u);
  EXPECT_EQ(records[1199]["request_id"], "req_1199");
  const auto requests = server.list_logs.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].page().page_size(), 200u);
  EXPECT_EQ(requests[1].page().page_token(), "next");
}

TEST_F(LogsTest, ListOfErrorsKeepsBrokenStreamsAndDropsWhatWentWell) {
  ListLogsResponse response;
  *response.add_records() = Record("req_well", 200, "ok");
  *response.add_records() = Record("req_broken", 200, "stream_broken");
  *response.add_records() = Record("req_denied", 401, "invalid_api_key");
  server.list_logs.Answers(response);
  const Seen seen = Run({"logs", "list", "--errors"});
  EXPECT_THAT(seen.out, HasSubstr("req_broken"));
  EXPECT_THAT(seen.out, HasSubstr("req_denied"));
  EXPECT_THAT(seen.out, Not(HasSubstr("req_well")));
}

TEST_F(LogsTest, ListDoesNotLetAClientWriteOnTheScreen) {
  ListLogsResponse response;
  *response.add_records() = Record("req_1", 200, "ok");
  response.mutable_records(0)->set_model_asked("\x1b[2J");
  server.list_logs.Answers(response);
  EXPECT_THAT(Run({"logs", "list"}).out, HasSubstr("\\x1b[2J"));
}

TEST_F(LogsTest, ListCallsKeysByTheirNamesAndAsksOnceEach) {
  admin::v1::KeyEntry key;
  key.mutable_key()->set_name("my-app");
  server.get_key.Answers(key);
  ListLogsResponse response;
  for (const char* id : {"req_1", "req_2"}) {
    *response.add_records() = Record(id, 200, "ok");
    response.mutable_records()->rbegin()->set_key_id("key_abcdefghijklmnop");
  }
  server.list_logs.Answers(response);
  EXPECT_THAT(Run({"logs", "list"}).out, HasSubstr("my-app"));
  EXPECT_EQ(server.get_key.calls(), 1u);
  server.get_key.Fails(grpc::StatusCode::NOT_FOUND, "gone");
  EXPECT_THAT(Run({"logs", "list"}).out, HasSubstr("key_abcdefghijklmnop"));
}

TEST_F(LogsTest, ShowPrintsEveryAttemptWithItsTimings) {
  RequestRecord record = Record("req_1", 200, "ok");
  record.set_input_tokens(5);
  record.set_output_tokens(7);
  auto& first = *record.add_attempts();
  first.set_number(1);
  first.set_upstream("a");
  first.set_outcome("connect_failed");
  first.set_connect_us(850);
  first.set_error("connection refused");
  auto& second = *record.add_attempts();
  second.set_number(2);
  second.set_upstream("b");
  second.set_status(200);
  second.set_outcome("ok");
  second.set_reused_connection(true);
  second.set_first_byte_us(12'300);
  second.set_total_us(1'240'000);
  record.set_request_body("{\"model\":\"gpt-4o\"}");
  server.get_log.Answers(record);
  const Seen seen = Run({"logs", "show", "req_1"});
  EXPECT_EQ(server.get_log.last().request_id(), "req_1");
  for (const char* part : {"connect_failed", "850us", "connection refused", "kept", "12.3ms",
                           "1.24s", "5 in, 7 out", "Request body:\n{\"model\":\"gpt-4o\"}"}) {
    EXPECT_THAT(seen.out, HasSubstr(part));
  }
}

TEST_F(LogsTest, TailShowsRecordsUntilCtrlC) {
  server.ScriptTail({{{Record("req_1", 200, "ok"), Record("req_2", 502, "upstream_reset")},
                      grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting")}});
  const Seen seen = TailUntilQuiet({"--last", "5"});
  EXPECT_EQ(seen.code, ExitCode::kInterrupted);
  EXPECT_THAT(seen.out, HasSubstr("req_1"));
  EXPECT_THAT(seen.out, HasSubstr("req_2"));
  EXPECT_EQ(server.tail_requests().front().last(), 5u);
}

TEST_F(LogsTest, TailSurvivesAReconnectAndShowsNothingTwice) {
  server.ScriptTail(
      {{{Record("req_1", 200, "ok")}, grpc::Status(grpc::StatusCode::UNAVAILABLE, "")},
       {{Record("req_1", 200, "ok"), Record("req_2", 200, "ok")},
        grpc::Status(grpc::StatusCode::UNAVAILABLE, "")}});
  const Seen seen = TailUntilQuiet({"-o", "json"});
  EXPECT_THAT(seen.err, HasSubstr("trying again"));
  EXPECT_THAT(seen.err, HasSubstr("connected again"));
  std::istringstream lines(seen.out);
  std::vector<std::string> ids;
  for (std::string line; std::getline(lines, line);) {
    ids.push_back(nlohmann::json::parse(line)["request_id"]);
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"req_1", "req_2"}));
  // It asked again from a little before the last record.
  EXPECT_EQ(server.tail_requests()[1].filter().since().seconds(), 1'795'176'000 - 60);
}

TEST_F(LogsTest, TailOfErrorsDropsWhatWentWell) {
  server.ScriptTail({{{Record("req_1", 200, "ok"), Record("req_2", 200, "stream_broken")},
                      grpc::Status(grpc::StatusCode::UNAVAILABLE, "")}});
  const Seen seen = TailUntilQuiet({"--errors"});
  EXPECT_THAT(seen.out, Not(HasSubstr("req_1")));
  EXPECT_THAT(seen.out, HasSubstr("req_2"));
}

TEST_F(LogsTest, TailDoesNotWaitForAControlplaneThatIsNotThere) {
  server.Stop();
  EXPECT_EQ(Run({"logs", "tail"}).code, ExitCode::kUnavailable);
}

TEST_F(LogsTest, TailEndsWhenTheTokenIsWrong) {
  server.get_status.Fails(grpc::StatusCode::UNAUTHENTICATED, "wrong admin token");
  EXPECT_EQ(Run({"logs", "tail"}).code, ExitCode::kDenied);
}

}  // namespace
}  // namespace llmgw::admin_cli
