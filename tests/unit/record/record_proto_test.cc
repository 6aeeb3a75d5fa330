#include "dataplane/record/reporter/record_proto.h"

#include <gtest/gtest.h>

namespace llmgw::record {
namespace {

using std::chrono::microseconds;

usage::v1::RequestRecord Encoded(const model::RequestRecord& record) {
  RecordEncoder encoder("dp-1");
  usage::v1::RequestRecord message;
  EXPECT_TRUE(message.ParseFromString(encoder.Encode(record)));
  return message;
}

TEST(RecordEncoder, CarriesEveryField) {
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

TEST(RecordEncoder, KeepsNothingOfTheRecordBefore) {
  RecordEncoder encoder("dp-1");
  model::RequestRecord first;
  first.user_agent = "curl";
  first.attempts.resize(3);
  first.usage.input = 5;
  encoder.Encode(first);
  usage::v1::RequestRecord message;
  ASSERT_TRUE(message.ParseFromString(encoder.Encode({})));
  EXPECT_EQ(message.user_agent(), "");
  EXPECT_EQ(message.attempts_size(), 0);
  EXPECT_FALSE(message.has_input_tokens());
}

TEST(RecordEncoder, MakesTextsFromOutsideFitForTheContract) {
  model::RequestRecord record;
  record.user_agent = "bad\xff agent";
  record.path = std::string(10'000, 'p');
  const usage::v1::RequestRecord message = Encoded(record);
  EXPECT_EQ(message.user_agent(), "bad\xef\xbf\xbd agent");
  EXPECT_EQ(message.path().size(), RecordEncoder::kMostTextBytes);
}

TEST(RecordEncoder, SendsBodiesOnlyUnderTheirPolicyAndBounded) {
  model::RequestRecord record;
  record.request_body = "secret";
  EXPECT_EQ(Encoded(record).request_body(), "");
  record.log_policy = model::LogPolicy::kBodies;
  EXPECT_EQ(Encoded(record).request_body(), "secret");
  EXPECT_FALSE(Encoded(record).bodies_truncated());
  record.response_body.assign(RecordEncoder::kMostBodyBytes + 1, 'x');
  EXPECT_EQ(Encoded(record).response_body().size(), RecordEncoder::kMostBodyBytes);
  EXPECT_TRUE(Encoded(record).bodies_truncated());
}

TEST(EncodeReport, IsAReportRequest) {
  RecordEncoder encoder("dp-1");
  model::RequestRecord record;
  record.request_id = "req_1";
  record.path.assign(300, 'p');
  const std::string one = encoder.Encode(record);
  record.request_id = "req_2";
  const std::string two = encoder.Encode(record);
  usage::v1::ReportRequest request;
  ASSERT_TRUE(request.ParseFromString(EncodeReport("dp-1", {one, two})));
  EXPECT_EQ(request.dataplane_id(), "dp-1");
  ASSERT_EQ(request.records_size(), 2);
  EXPECT_EQ(request.records(0).request_id(), "req_1");
  EXPECT_EQ(request.records(1).request_id(), "req_2");
}

}  // namespace
}  // namespace llmgw::record
