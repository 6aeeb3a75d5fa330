#include "dataplane/record/reporter/record_proto.h"

#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <optional>

#include "common/text/clean_text.h"
#include "dataplane/record/reporter/wire_writer.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::record {
namespace {

using google::protobuf::Timestamp;
using RecordFields = usage::v1::RequestRecord;
using AttemptFields = usage::v1::Attempt;

constexpr size_t kUsualRecordBytes = 400;

void WriteTime(WireWriter& writer, int field, std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::string message;  // stays within the string itself
  WireWriter inner(message);
  inner.Number(Timestamp::kSecondsFieldNumber, seconds.time_since_epoch().count());
  inner.Number(Timestamp::kNanosFieldNumber,
               std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count());
  writer.PresentBytes(field, message);
}

void WriteText(WireWriter& writer, int field, std::string_view text) {
  constexpr size_t kMost = ProtoRecordEncoder::kMostTextBytes;
  if (text.size() <= kMost && text::IsCleanText(text)) {
    writer.Bytes(field, text);
  } else {
    writer.Bytes(field, text::CleanText(text, kMost));
  }
}

// Returns whether it had to be cut.
bool WriteBody(WireWriter& writer, int field, std::string_view body) {
  writer.Bytes(field, body.substr(0, ProtoRecordEncoder::kMostBodyBytes));
  return body.size() > ProtoRecordEncoder::kMostBodyBytes;
}

void WriteCount(WireWriter& writer, int field, const std::optional<int64_t>& count) {
  if (count) writer.PresentNumber(field, *count);
}

void WriteAttempt(const model::AttemptRecord& attempt, std::string& out) {
  WireWriter writer(out);
  writer.Number(AttemptFields::kNumberFieldNumber, attempt.number);
  WriteText(writer, AttemptFields::kUpstreamFieldNumber, attempt.upstream);
  WriteText(writer, AttemptFields::kCredentialIdFieldNumber, attempt.credential_id);
  WriteTime(writer, AttemptFields::kTimeFieldNumber, attempt.time);
  writer.Number(AttemptFields::kStatusFieldNumber, attempt.status);
  WriteText(writer, AttemptFields::kOutcomeFieldNumber, attempt.outcome);
  writer.Number(AttemptFields::kConnectUsFieldNumber, attempt.connect.count());
  writer.Number(AttemptFields::kFirstByteUsFieldNumber, attempt.first_byte.count());
  writer.Number(AttemptFields::kTotalUsFieldNumber, attempt.total.count());
  WriteText(writer, AttemptFields::kAddressFieldNumber, attempt.address);
  writer.Flag(AttemptFields::kReusedConnectionFieldNumber, attempt.reused_connection);
  WriteText(writer, AttemptFields::kErrorFieldNumber, attempt.error);
}

}  // namespace

void ProtoRecordEncoder::Append(const model::RequestRecord& record, std::string& out) {
  if (out.capacity() - out.size() < kUsualRecordBytes) out.reserve(2 * out.size() + 16 * 1024);
  WireWriter writer(out);
  WriteText(writer, RecordFields::kRequestIdFieldNumber, record.request_id);
  WriteTime(writer, RecordFields::kTimeFieldNumber, record.time);
  writer.Bytes(RecordFields::kDataplaneIdFieldNumber, dataplane_id_);
  WriteText(writer, RecordFields::kRouteFieldNumber, record.route);
  WriteText(writer, RecordFields::kUpstreamFieldNumber, record.upstream);
  WriteText(writer, RecordFields::kKeyIdFieldNumber, record.key_id);
  WriteText(writer, RecordFields::kClientAddressFieldNumber, record.client_address);
  WriteText(writer, RecordFields::kMethodFieldNumber, record.method);
  WriteText(writer, RecordFields::kPathFieldNumber, record.path);
  WriteText(writer, RecordFields::kModelAskedFieldNumber, record.model_asked);
  WriteText(writer, RecordFields::kModelServedFieldNumber, record.model_served);
  writer.Flag(RecordFields::kStreamFieldNumber, record.stream);
  writer.Number(RecordFields::kStatusFieldNumber, record.status);
  WriteText(writer, RecordFields::kReasonFieldNumber, record.reason);
  writer.Bytes(RecordFields::kFaultFieldNumber, model::ToString(record.fault));
  writer.Number(RecordFields::kRequestBytesFieldNumber, record.request_bytes);
  writer.Number(RecordFields::kResponseBytesFieldNumber, record.response_bytes);
  writer.Number(RecordFields::kFirstByteUsFieldNumber, record.first_byte.count());
  writer.Number(RecordFields::kTotalUsFieldNumber, record.total.count());
  writer.Number(RecordFields::kGatewayUsFieldNumber, record.gateway.count());
  WriteCount(writer, RecordFields::kInputTokensFieldNumber, record.usage.input);
  WriteCount(writer, RecordFields::kOutputTokensFieldNumber, record.usage.output);
  WriteCount(writer, RecordFields::kCachedInputTokensFieldNumber, record.usage.cached_input);
  WriteCount(writer, RecordFields::kReasoningTokensFieldNumber, record.usage.reasoning);
  WriteText(writer, RecordFields::kUserAgentFieldNumber, record.user_agent);
  for (const model::AttemptRecord& attempt : record.attempts) {
    attempt_.clear();
    WriteAttempt(attempt, attempt_);
    writer.PresentBytes(RecordFields::kAttemptsFieldNumber, attempt_);
  }
  bool truncated = record.bodies_truncated;
  if (record.log_policy == model::LogPolicy::kBodies) {
    truncated |= WriteBody(writer, RecordFields::kRequestBodyFieldNumber, record.request_body);
    truncated |= WriteBody(writer, RecordFields::kResponseBodyFieldNumber, record.response_body);
  }
  writer.Flag(RecordFields::kBodiesTruncatedFieldNumber, truncated);
  WriteText(writer, RecordFields::kResponseContentTypeFieldNumber, record.response_content_type);
}

std::string EncodeReport(std::string_view dataplane_id,
                         const std::vector<std::string_view>& records) {
  size_t size = dataplane_id.size() + 16;
  for (std::string_view record : records) size += record.size() + 8;
  std::string report;
  report.reserve(size);
  WireWriter writer(report);
  writer.Bytes(usage::v1::ReportRequest::kDataplaneIdFieldNumber, dataplane_id);
  for (std::string_view record : records)
    writer.PresentBytes(usage::v1::ReportRequest::kRecordsFieldNumber, record);
  return report;
}

}  // namespace llmgw::record
