#include "dataplane/record/reporter/record_proto.h"

#include <gtest/gtest.h>

#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::record {
namespace {

using std::chrono::microseconds;

std::string BytesOf(const model::RequestRecord& record) {
  std::string bytes;
  ProtoRecordEncoder("dp-1").Append(record, bytes);
  return bytes;
}

usage::v1::RequestRecord Encoded(const model::RequestRecord& record) {
  usage::v1::RequestRecord message;
  EXPECT_TRUE(message.ParseFromString(BytesOf(record)));
  return message;
}

TEST(ProtoRecordEncoder, CarriesEveryField) {
  model::RequestRecord record;
  record.request_id = "req_1";
  record.time = std::chrono::system_clock::time_point(microseconds(1'500'000));
  record.route = "v1";
  record.upstream = "openai";
  record.key_id = "key_1";
  record.client_address = "127.0.0.1";
  record.method = "POST";
  record.path = "/v1/chat/completions";
  record.model_asked = "gpt-4o";
  record.model_served = "gpt-4o-2024";
  record.stream = true;
  record.status = 200;
  record.reason = "stream_broken";
  record.fault = model::Fault::kUpstream;
  record.request_bytes = 1;
  record.response_bytes = 2;
  record.first_byte = microseconds(3);
  record.total = microseconds(4);
  record.gateway = microseconds(5);
  record.usage = {.input = 6, .output = 0, .cached_input = {}, .reasoning = 9};
  record.user_agent = "curl";
  record.response_content_type = "text/event-stream";
  model::AttemptRecord attempt;
  attempt.number = 1;
  attempt.upstream = "openai";
  attempt.credential_id = "main";
  attempt.time = record.time;
  attempt.status = 200;
  attempt.outcome = "ok";
  attempt.connect = microseconds(7);
  attempt.first_byte = microseconds(8);
  attempt.total = microseconds(9);
  attempt.address = "127.0.0.1:443";
  attempt.reused_connection = true;
  attempt.error = "none";
  record.attempts.push_back(attempt);

  const usage::v1::RequestRecord message = Encoded(record);
  EXPECT_EQ(message.ShortDebugString(),
            "request_id: \"req_1\" time { seconds: 1 nanos: 500000000 } dataplane_id: \"dp-1\" "
            "route: \"v1\" upstream: \"openai\" key_id: \"key_1\" client_address: \"127.0.0.1\" "
            "method: \"POST\" path: \"/v1/chat/completions\" model_asked: \"gpt-4o\" "
            "model_served: \"gpt-4o-2024\" stream: true status: 200 reason: \"stream_broken\" "
            "fault: \"upstream\" request_bytes: 1 response_bytes: 2 first_byte_us: 3 total_us: 4 "
            "gateway_us: 5 input_tokens: 6 output_tokens: 0 reasoning_tokens: 9 user_agent: "
            "\"curl\" attempts { number: 1 upstream: \"openai\" credential_id: \"main\" time { "
            "seconds: 1 nanos: 500000000 } status: 200 outcome: \"ok\" connect_us: 7 "
            "first_byte_us: 8 total_us: 9 address: \"127.0.0.1:443\" reused_connection: true "
            "error: \"none\" } response_content_type: \"text/event-stream\"");
}

TEST(ProtoRecordEncoder, WritesWhatProtobufWouldWrite) {
  model::RequestRecord record;
  record.request_id = "req_1";
  record.time = std::chrono::system_clock::time_point(microseconds(-1));
  record.status = -1;
  record.total = microseconds(INT64_MAX);
  record.usage.output = 0;
  record.attempts.resize(2);
  record.attempts[1].upstream.assign(200, 'u');
  const std::string bytes = BytesOf(record);
  usage::v1::RequestRecord message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.SerializeAsString(), bytes);
  EXPECT_EQ(message.status(), -1);
  EXPECT_EQ(message.time().seconds(), -1);
  EXPECT_EQ(message.time().nanos(), 999'999'000);
  EXPECT_EQ(message.attempts_size(), 2);
}

TEST(ProtoRecordEncoder, KeepsNothingOfTheRecordBefore) {
  ProtoRecordEncoder encoder("dp-1");
  model::RequestRecord first;
  first.user_agent = "curl";
  first.attempts.resize(3);
  first.usage.input = 5;
  std::string bytes;
  encoder.Append(first, bytes);
  bytes.clear();
  encoder.Append({}, bytes);
  usage::v1::RequestRecord message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_EQ(message.user_agent(), "");
  EXPECT_EQ(message.attempts_size(), 0);
  EXPECT_FALSE(message.has_input_tokens());
}

TEST(ProtoRecordEncoder, MakesTextsFromOutsideFitForTheContract) {
  model::RequestRecord record;
  record.user_agent = "bad\xff agent";
  record.path = std::string(10'000, 'p');
  const usage::v1::RequestRecord message = Encoded(record);
  EXPECT_EQ(message.user_agent(), "bad\xef\xbf\xbd agent");
  EXPECT_EQ(message.path().size(), ProtoRecordEncoder::kMostTextBytes);
}

TEST(ProtoRecordEncoder, SendsBodiesOnlyUnderTheirPolicyAndBounded) {
  model::RequestRecord record;
  record.request_body = "secret";
  EXPECT_EQ(Encoded(record).request_body(), "");
  record.log_policy = model::LogPolicy::kBodies;
  EXPECT_EQ(Encoded(record).request_body(), "secret");
  EXPECT_FALSE(Encoded(record).bodies_truncated());
  record.response_body.assign(ProtoRecordEncoder::kMostBodyBytes + 1, 'x');
  EXPECT_EQ(Encoded(record).response_body().size(), ProtoRecordEncoder::kMostBodyBytes);
  EXPECT_TRUE(Encoded(record).bodies_truncated());
}

TEST(EncodeReport, IsAReportRequest) {
  model::RequestRecord record;
  record.request_id = "req_1";
  record.path.assign(300, 'p');
  const std::string one = BytesOf(record);
  record.request_id = "req_2";
  const std::string two = BytesOf(record);
  usage::v1::ReportRequest request;
  ASSERT_TRUE(request.ParseFromString(EncodeReport("dp-1", {one, two})));
  EXPECT_EQ(request.dataplane_id(), "dp-1");
  ASSERT_EQ(request.records_size(), 2);
  EXPECT_EQ(request.records(0).request_id(), "req_1");
  EXPECT_EQ(request.records(1).request_id(), "req_2");
}

}  // namespace
}  // namespace llmgw::record
