#include "dataplane/record/reporter/record_proto.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <chrono>

#include "common/text/clean_text.h"

namespace llmgw::record {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

void SetTime(std::chrono::system_clock::time_point time, google::protobuf::Timestamp* out) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  out->set_seconds(seconds.time_since_epoch().count());
  out->set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count()));
}

void SetText(std::string_view text, std::string* out) {
  if (text.size() <= RecordEncoder::kMostTextBytes && text::IsCleanText(text)) {
    *out = text;
  } else {
    *out = text::CleanText(text, RecordEncoder::kMostTextBytes);
  }
}

// Returns whether it had to be cut.
bool SetBody(std::string_view body, std::string* out) {
  *out = body.substr(0, RecordEncoder::kMostBodyBytes);
  return body.size() > RecordEncoder::kMostBodyBytes;
}

void SetAttempt(const model::AttemptRecord& attempt, usage::v1::Attempt* out) {
  out->set_number(attempt.number);
  SetText(attempt.upstream, out->mutable_upstream());
  SetText(attempt.credential_id, out->mutable_credential_id());
  SetTime(attempt.time, out->mutable_time());
  out->set_status(attempt.status);
  SetText(attempt.outcome, out->mutable_outcome());
  out->set_connect_us(attempt.connect.count());
  out->set_first_byte_us(attempt.first_byte.count());
  out->set_total_us(attempt.total.count());
  SetText(attempt.address, out->mutable_address());
  out->set_reused_connection(attempt.reused_connection);
  SetText(attempt.error, out->mutable_error());
}

void SetUsage(const model::TokenUsage& usage, usage::v1::RequestRecord& out) {
  if (usage.input) out.set_input_tokens(*usage.input);
  if (usage.output) out.set_output_tokens(*usage.output);
  if (usage.cached_input) out.set_cached_input_tokens(*usage.cached_input);
  if (usage.reasoning) out.set_reasoning_tokens(*usage.reasoning);
}

// One length-delimited field.
void AppendField(int number, std::string_view bytes, std::string& out) {
  uint8_t head[20];
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(
      WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED), head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes.size()), end);
  out.append(reinterpret_cast<const char*>(head), static_cast<size_t>(end - head));
  out.append(bytes);
}

}  // namespace

std::string RecordEncoder::Encode(const model::RequestRecord& record) {
  usage::v1::RequestRecord& out = message_;
  out.Clear();
  SetText(record.request_id, out.mutable_request_id());
  SetTime(record.time, out.mutable_time());
  out.set_dataplane_id(dataplane_id_);
  SetText(record.route, out.mutable_route());
  SetText(record.upstream, out.mutable_upstream());
  SetText(record.key_id, out.mutable_key_id());
  SetText(record.client_address, out.mutable_client_address());
  SetText(record.method, out.mutable_method());
  SetText(record.path, out.mutable_path());
  SetText(record.model_asked, out.mutable_model_asked());
  SetText(record.model_served, out.mutable_model_served());
  out.set_stream(record.stream);
  out.set_status(record.status);
  SetText(record.reason, out.mutable_reason());
  out.set_fault(model::ToString(record.fault));
  out.set_request_bytes(record.request_bytes);
  out.set_response_bytes(record.response_bytes);
  out.set_first_byte_us(record.first_byte.count());
  out.set_total_us(record.total.count());
  out.set_gateway_us(record.gateway.count());
  SetUsage(record.usage, out);
  SetText(record.user_agent, out.mutable_user_agent());
  for (const model::AttemptRecord& attempt : record.attempts) {
    SetAttempt(attempt, out.add_attempts());
  }
  bool truncated = record.bodies_truncated;
  if (record.log_policy == model::LogPolicy::kBodies) {
    truncated |= SetBody(record.request_body, out.mutable_request_body());
    truncated |= SetBody(record.response_body, out.mutable_response_body());
  }
  out.set_bodies_truncated(truncated);
  SetText(record.response_content_type, out.mutable_response_content_type());
  return out.SerializeAsString();
}

std::string EncodeReport(std::string_view dataplane_id,
                         const std::vector<std::string_view>& records) {
  size_t size = dataplane_id.size() + 16;
  for (std::string_view record : records) size += record.size() + 8;
  std::string report;
  report.reserve(size);
  AppendField(usage::v1::ReportRequest::kDataplaneIdFieldNumber, dataplane_id, report);
  for (std::string_view record : records) {
    AppendField(usage::v1::ReportRequest::kRecordsFieldNumber, record, report);
  }
  return report;
}

}  // namespace llmgw::record
