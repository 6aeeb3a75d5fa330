#include <gmock/gmock.h>

#include "llmgw/usage/v1/usage_service.grpc.pb.h"
#include "tests/integration/controlplane/controlplane_fixture.h"

namespace llmgw::controlplane {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Logs = admin::v1::LogService::Stub;
using Usage = usage::v1::UsageService::Stub;

class LogsTest : public ControlplaneFixture {
 protected:
  static usage::v1::RequestRecord Record(const std::string& id, int64_t second = 1) {
    usage::v1::RequestRecord record;
    record.set_request_id(id);
    record.mutable_time()->set_seconds(1'700'000'000 + second);
    record.set_route("default");
    record.set_status(200);
    record.set_reason("ok");
    record.set_request_body("body");
    record.add_attempts()->set_number(1);
    return record;
  }
  Result<usage::v1::ReportResponse> Report(const std::vector<usage::v1::RequestRecord>& records,
                                           const std::string& token) {
    usage::v1::ReportRequest request;
    request.set_dataplane_id("dp-1");
    for (const auto& record : records) *request.add_records() = record;
    auto stub = usage::v1::UsageService::NewStub(Channel(token));
    return Call(*stub, &Usage::Report, request);
  }
  Result<usage::v1::ReportResponse> Report(const std::vector<usage::v1::RequestRecord>& records) {
    return Report(records, DataplaneToken());
  }
};

TEST_F(LogsTest, BatchesSentAgainAreHarmless) {
  auto first = Report({Record("req_1"), Record("req_2")}).value();
  EXPECT_EQ(first.stored(), 2u);
  auto again = Report({Record("req_2"), Record("req_3")}).value();
  EXPECT_EQ(again.stored(), 1u);
  EXPECT_EQ(again.duplicates(), 1u);
  EXPECT_EQ(GetStatus()->records_stored(), 3u);
  EXPECT_THAT(Ops("/metrics"), HasSubstr("llmgw_ingest_records_total{result=\"duplicate\"} 1"));
}

TEST_F(LogsTest, ReportsNeedTheDataplaneTokenAndAnIdentity) {
  EXPECT_EQ(Report({Record("req_1")}, AdminToken()).error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(Report({Record("")}).error().field, "records[0].request_id");
}

TEST_F(LogsTest, ListIsBriefAndGetIsWhole) {
  ASSERT_TRUE(Report({Record("req_1", 1), Record("req_2", 2)}));
  admin::v1::ListLogsRequest list;
  list.mutable_page()->set_page_size(1);
  auto page = Call(*logs_, &Logs::ListLogs, list).value();
  ASSERT_EQ(page.records_size(), 1);
  EXPECT_EQ(page.records(0).request_id(), "req_2");
  EXPECT_EQ(page.records(0).request_body(), "");
  EXPECT_EQ(page.records(0).attempts_size(), 0);
  list.mutable_page()->set_page_token(page.next_page_token());
  EXPECT_EQ(Call(*logs_, &Logs::ListLogs, list)->records(0).request_id(), "req_1");
  admin::v1::GetLogRequest get;
  get.set_request_id("req_1");
  auto whole = Call(*logs_, &Logs::GetLog, get).value();
  EXPECT_EQ(whole.request_body(), "body");
  EXPECT_EQ(whole.attempts_size(), 1);
  get.set_request_id("req_9");
  EXPECT_EQ(Call(*logs_, &Logs::GetLog, get).error().kind, ErrorKind::kNotFound);
}

TEST_F(LogsTest, FilterTakesAKeysNameOrId) {
  auto key = CreateKey("app").value().entry().key();
  auto mine = Record("req_1");
  mine.set_key_id(key.id());
  ASSERT_TRUE(Report({mine, Record("req_2")}));
  admin::v1::ListLogsRequest list;
  for (const auto& name : {key.name(), key.id()}) {
    list.mutable_filter()->set_key(name);
    auto page = Call(*logs_, &Logs::ListLogs, list).value();
    ASSERT_EQ(page.records_size(), 1) << name;
    EXPECT_EQ(page.records(0).request_id(), "req_1");
  }
  list.Clear();
  list.mutable_filter()->set_status_min(500);
  list.mutable_filter()->set_status_max(400);
  EXPECT_EQ(Call(*logs_, &Logs::ListLogs, list).error().field, "filter.status_max");
}

TEST_F(LogsTest, TailSendsThePastThenWhatArrives) {
  ASSERT_TRUE(Report({Record("req_1", 1), Record("req_2", 2), Record("req_3", 3)}));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + test::kPatience);
  admin::v1::TailLogsRequest request;
  request.set_last(2);
  auto tail = logs_->TailLogs(&context, request);
  std::vector<std::string> seen;
  usage::v1::RequestRecord record;
  for (int i = 0; i < 2 && tail->Read(&record); ++i) seen.push_back(record.request_id());
  auto other = Record("req_4", 4);
  ASSERT_TRUE(Report({other, Record("req_5", 5)}));
  for (int i = 0; i < 2 && tail->Read(&record); ++i) {
    seen.push_back(record.request_id());
    EXPECT_EQ(record.request_body(), "");
  }
  EXPECT_THAT(seen, ElementsAre("req_2", "req_3", "req_4", "req_5"));
  context.TryCancel();
  tail->Finish();
}

TEST_F(LogsTest, TailIsFilteredAndEndsWhenTheControlplaneStops) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + test::kPatience);
  admin::v1::TailLogsRequest request;
  request.mutable_filter()->set_status_min(500);
  request.set_last(1);
  auto failed = Record("req_0");
  failed.set_status(500);
  ASSERT_TRUE(Report({failed}));
  auto tail = logs_->TailLogs(&context, request);
  usage::v1::RequestRecord record;
  ASSERT_TRUE(tail->Read(&record));  // the tail has begun
  failed.set_request_id("req_2");
  ASSERT_TRUE(Report({Record("req_1"), failed}));
  ASSERT_TRUE(tail->Read(&record));
  EXPECT_EQ(record.request_id(), "req_2");
  app_->Drain();
  EXPECT_FALSE(tail->Read(&record));
  EXPECT_EQ(tail->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace llmgw::controlplane
