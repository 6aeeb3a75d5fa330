#pragma once

#include <string>

#include "common/text/clean_text.h"
#include "controlplane/store/time_micros.h"
#include "llmgw/usage/v1/usage_service.pb.h"

// The columns of request logs, in one order for both databases and for both directions. A Sink
// takes the values of one row in turn (Text, Int, Bool, Time, Null); a Source gives them back.
namespace llmgw::controlplane::store {

inline constexpr const char* kRecordColumns =
    "request_id, time, dataplane_id, route, upstream, key_id, client_address, method, path, "
    "model_asked, model_served, stream, status, reason, fault, request_bytes, response_bytes, "
    "first_byte_us, total_us, gateway_us, input_tokens, output_tokens, cached_input_tokens, "
    "reasoning_tokens, user_agent, bodies_truncated, response_content_type";
inline constexpr int kRecordColumnCount = 27;

inline constexpr const char* kAttemptColumns =
    "request_id, number, upstream, credential_id, time, status, outcome, connect_us, "
    "first_byte_us, total_us, address, reused_connection, error";
inline constexpr int kAttemptColumnCount = 13;

// A PostgreSQL index entry has a bound (2.7 kB); names are far shorter, so only garbage is cut.
inline constexpr size_t kMaxIndexedBytes = 256;

template <typename Sink>
void WriteOptionalInt(bool has, int64_t value, Sink& sink) {
  if (has) {
    sink.Int(value);
  } else {
    sink.Null();
  }
}

template <typename Sink>
void WriteRecord(const usage::v1::RequestRecord& r, const std::string& dataplane_id, Sink& sink) {
  using text::CleanText;
  sink.Text(r.request_id());
  sink.Time(ToMicros(r.time()));
  sink.Text(CleanText(r.dataplane_id().empty() ? dataplane_id : r.dataplane_id()));
  sink.Text(CleanText(r.route()));
  sink.Text(CleanText(r.upstream(), kMaxIndexedBytes));
  sink.Text(CleanText(r.key_id(), kMaxIndexedBytes));
  sink.Text(CleanText(r.client_address()));
  sink.Text(CleanText(r.method()));
  sink.Text(CleanText(r.path()));
  sink.Text(CleanText(r.model_asked()));
  sink.Text(CleanText(r.model_served()));
  sink.Bool(r.stream());
  sink.Int(r.status());
  sink.Text(CleanText(r.reason()));
  sink.Text(CleanText(r.fault()));
  sink.Int(r.request_bytes());
  sink.Int(r.response_bytes());
  sink.Int(r.first_byte_us());
  sink.Int(r.total_us());
  sink.Int(r.gateway_us());
  WriteOptionalInt(r.has_input_tokens(), r.input_tokens(), sink);
  WriteOptionalInt(r.has_output_tokens(), r.output_tokens(), sink);
  WriteOptionalInt(r.has_cached_input_tokens(), r.cached_input_tokens(), sink);
  WriteOptionalInt(r.has_reasoning_tokens(), r.reasoning_tokens(), sink);
  sink.Text(CleanText(r.user_agent()));
  sink.Bool(r.bodies_truncated());
  sink.Text(CleanText(r.response_content_type()));
}

template <typename Source>
void ReadRecord(Source& row, usage::v1::RequestRecord* r) {
  r->set_request_id(row.Text());
  *r->mutable_time() = ToTimestamp(row.Time());
  r->set_dataplane_id(row.Text());
  r->set_route(row.Text());
  r->set_upstream(row.Text());
  r->set_key_id(row.Text());
  r->set_client_address(row.Text());
  r->set_method(row.Text());
  r->set_path(row.Text());
  r->set_model_asked(row.Text());
  r->set_model_served(row.Text());
  r->set_stream(row.Bool());
  r->set_status(static_cast<int32_t>(row.Int()));
  r->set_reason(row.Text());
  r->set_fault(row.Text());
  r->set_request_bytes(row.Int());
  r->set_response_bytes(row.Int());
  r->set_first_byte_us(row.Int());
  r->set_total_us(row.Int());
  r->set_gateway_us(row.Int());
  if (auto tokens = row.OptionalInt()) r->set_input_tokens(*tokens);
  if (auto tokens = row.OptionalInt()) r->set_output_tokens(*tokens);
  if (auto tokens = row.OptionalInt()) r->set_cached_input_tokens(*tokens);
  if (auto tokens = row.OptionalInt()) r->set_reasoning_tokens(*tokens);
  r->set_user_agent(row.Text());
  r->set_bodies_truncated(row.Bool());
  r->set_response_content_type(row.Text());
}

template <typename Sink>
void WriteAttempt(const std::string& request_id, const usage::v1::Attempt& a, Sink& sink) {
  using text::CleanText;
  sink.Text(request_id);
  sink.Int(a.number());
  sink.Text(CleanText(a.upstream()));
  sink.Text(CleanText(a.credential_id()));
  sink.Time(ToMicros(a.time()));
  sink.Int(a.status());
  sink.Text(CleanText(a.outcome()));
  sink.Int(a.connect_us());
  sink.Int(a.first_byte_us());
  sink.Int(a.total_us());
  sink.Text(CleanText(a.address()));
  sink.Bool(a.reused_connection());
  sink.Text(CleanText(a.error()));
}

// Returns the request id that it belongs to.
template <typename Source>
std::string ReadAttempt(Source& row, usage::v1::Attempt* a) {
  std::string request_id = row.Text();
  a->set_number(static_cast<uint32_t>(row.Int()));
  a->set_upstream(row.Text());
  a->set_credential_id(row.Text());
  *a->mutable_time() = ToTimestamp(row.Time());
  a->set_status(static_cast<int32_t>(row.Int()));
  a->set_outcome(row.Text());
  a->set_connect_us(row.Int());
  a->set_first_byte_us(row.Int());
  a->set_total_us(row.Int());
  a->set_address(row.Text());
  a->set_reused_connection(row.Bool());
  a->set_error(row.Text());
  return request_id;
}

}  // namespace llmgw::controlplane::store
