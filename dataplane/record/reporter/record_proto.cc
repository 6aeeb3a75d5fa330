#include "dataplane/record/reporter/record_proto.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/text/clean_text.h"
#include "dataplane/record/reporter/wire_writer.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::record {
namespace {

using google::protobuf::Timestamp;
using RecordFields = usage::v1::RequestRecord;
using AttemptFields = usage::v1::Attempt;

constexpr size_t kMostKeptBytes = 64 * 1024;
constexpr size_t kRecordFields = 32;
constexpr size_t kAttemptFields = 12;
constexpr size_t kMostTimeBytes = 2 * WireWriter::kMostFieldBytes;

// What a message takes at most whose texts have so many bytes together. CleanText may turn each
// byte that is not UTF-8 into three.
size_t MostBytes(size_t fields, size_t text_bytes) {
  return fields * WireWriter::kMostFieldBytes + 3 * text_bytes + kMostTimeBytes;
}

void WriteTime(WireWriter& writer, int field, std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  char message[kMostTimeBytes];
  WireWriter inner(message);
  inner.Number(Timestamp::kSecondsFieldNumber, seconds.time_since_epoch().count());
  inner.Number(Timestamp::kNanosFieldNumber,
               std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count());
  writer.PresentBytes(field, {message, static_cast<size_t>(inner.end() - message)});
}

// A text that came from outside.
void WriteText(WireWriter& writer, int field, std::string_view text) {
  constexpr size_t kMost = ProtoRecordEncoder::kMostTextBytes;
  if (text.size() <= kMost && text::IsCleanText(text)) {
    writer.Bytes(field, text);
  } else {
    writer.Bytes(field, text::CleanText(text, kMost));
  }
}

void WriteCount(WireWriter& writer, int field, const std::optional<int64_t>& count) {
  if (count) writer.PresentNumber(field, *count);
}

size_t MostBytes(const model::AttemptRecord& attempt) {
  return MostBytes(kAttemptFields, attempt.upstream.size() + attempt.credential_id.size() +
                                       attempt.outcome.size() + attempt.address.size() +
                                       attempt.error.size());
}

// Names and addresses are our own: they need no look.
void WriteAttempt(const model::AttemptRecord& attempt, WireWriter& writer) {
  writer.Number(AttemptFields::kNumberFieldNumber, attempt.number);
  writer.Bytes(AttemptFields::kUpstreamFieldNumber, attempt.upstream);
  writer.Bytes(AttemptFields::kCredentialIdFieldNumber, attempt.credential_id);
  WriteTime(writer, AttemptFields::kTimeFieldNumber, attempt.time);
  writer.Number(AttemptFields::kStatusFieldNumber, attempt.status);
  writer.Bytes(AttemptFields::kOutcomeFieldNumber, attempt.outcome);
  writer.Number(AttemptFields::kConnectUsFieldNumber, attempt.connect.count());
  writer.Number(AttemptFields::kFirstByteUsFieldNumber, attempt.first_byte.count());
  writer.Number(AttemptFields::kTotalUsFieldNumber, attempt.total.count());
  writer.Bytes(AttemptFields::kAddressFieldNumber, attempt.address);
  writer.Flag(AttemptFields::kReusedConnectionFieldNumber, attempt.reused_connection);
  WriteText(writer, AttemptFields::kErrorFieldNumber, attempt.error);
}

}  // namespace

ProtoRecordEncoder::ProtoRecordEncoder(std::string dataplane_id)
    : dataplane_id_(std::move(dataplane_id)) {}

size_t ProtoRecordEncoder::MostRecordBytes(const model::RequestRecord& record) const {
  size_t most =
      MostBytes(kRecordFields,
                record.request_id.size() + dataplane_id_.size() + record.route.size() +
                    record.upstream.size() + record.key_id.size() + record.client_address.size() +
                    record.method.size() + record.path.size() + record.model_asked.size() +
                    record.model_served.size() + record.reason.size() + record.user_agent.size() +
                    record.response_content_type.size());
  for (const model::AttemptRecord& attempt : record.attempts)
    most += WireWriter::kMostFieldBytes + MostBytes(attempt);
  if (record.log_policy == model::LogPolicy::kBodies)
    most += record.request_body.size() + record.response_body.size();
  return most;
}

void ProtoRecordEncoder::Append(const model::RequestRecord& record, std::string& out) {
  // Grows to what is usual and then stays: making room in `out` itself would fill it with zeros.
  if (const size_t most = MostRecordBytes(record); record_.size() < most) record_.resize(most);
  const char* const end = Write(record, record_.data());
  out.append(record_.data(), static_cast<size_t>(end - record_.data()));
  if (record_.size() > kMostKeptBytes) record_ = std::string();
}

char* ProtoRecordEncoder::Write(const model::RequestRecord& record, char* out) {
  WireWriter writer(out);
  writer.Bytes(RecordFields::kRequestIdFieldNumber, record.request_id);
  WriteTime(writer, RecordFields::kTimeFieldNumber, record.time);
  writer.Bytes(RecordFields::kDataplaneIdFieldNumber, dataplane_id_);
  writer.Bytes(RecordFields::kRouteFieldNumber, record.route);
  writer.Bytes(RecordFields::kUpstreamFieldNumber, record.upstream);
  writer.Bytes(RecordFields::kKeyIdFieldNumber, record.key_id);
  writer.Bytes(RecordFields::kClientAddressFieldNumber, record.client_address);
  WriteText(writer, RecordFields::kMethodFieldNumber, record.method);
  WriteText(writer, RecordFields::kPathFieldNumber, record.path);
  WriteText(writer, RecordFields::kModelAskedFieldNumber, record.model_asked);
  WriteText(writer, RecordFields::kModelServedFieldNumber, record.model_served);
  writer.Flag(RecordFields::kStreamFieldNumber, record.stream);
  writer.Number(RecordFields::kStatusFieldNumber, record.status);
  writer.Bytes(RecordFields::kReasonFieldNumber, record.reason);
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
    attempt_.resize(std::max(attempt_.size(), MostBytes(attempt)));
    WireWriter inner(attempt_.data());
    WriteAttempt(attempt, inner);
    writer.PresentBytes(RecordFields::kAttemptsFieldNumber,
                        {attempt_.data(), static_cast<size_t>(inner.end() - attempt_.data())});
  }
  bool truncated = record.bodies_truncated;
  if (record.log_policy == model::LogPolicy::kBodies) {
    const auto write_body = [&](int field, std::string_view body) {
      writer.Bytes(field, body.substr(0, kMostBodyBytes));
      truncated |= body.size() > kMostBodyBytes;
    };
    write_body(RecordFields::kRequestBodyFieldNumber, record.request_body);
    write_body(RecordFields::kResponseBodyFieldNumber, record.response_body);
  }
  writer.Flag(RecordFields::kBodiesTruncatedFieldNumber, truncated);
  WriteText(writer, RecordFields::kResponseContentTypeFieldNumber, record.response_content_type);
  return writer.end();
}

std::string EncodeReport(std::string_view dataplane_id,
                         const std::vector<std::string_view>& records) {
  size_t most = dataplane_id.size() + WireWriter::kMostFieldBytes;
  for (std::string_view record : records) most += record.size() + WireWriter::kMostFieldBytes;
  std::string report(most, '\0');
  WireWriter writer(report.data());
  writer.Bytes(usage::v1::ReportRequest::kDataplaneIdFieldNumber, dataplane_id);
  for (std::string_view record : records)
    writer.PresentBytes(usage::v1::ReportRequest::kRecordsFieldNumber, record);
  report.resize(static_cast<size_t>(writer.end() - report.data()));
  return report;
}

}  // namespace llmgw::record
