#include "dataplane/pipeline/response_recorder.h"

namespace llmgw::pipeline {

void ResponseRecorder::OnHead(int, std::string_view content_type, bool event_stream,
                              bool content_coded) {
  record_.response_content_type = content_type;
  if (content_coded) return;
  if (event_stream) {
    digest_.emplace<record::StreamDigest>();
  } else if (content_type.find("json") != std::string_view::npos) {
    digest_.emplace<record::JsonDigest>(spare_.Take(), std::move(record_.model_served));
  }
}

void ResponseRecorder::OnPayload(std::string_view payload) {
  ++chunks_;
  if (auto* stream = std::get_if<record::StreamDigest>(&digest_)) {
    stream->Feed(payload);
  } else if (auto* document = std::get_if<record::JsonDigest>(&digest_)) {
    document->Feed(payload);
  }
  if (record_.log_policy == model::LogPolicy::kBodies && !response_cut_)
    response_cut_ = !Keep(record_.response_body, payload);
}

void ResponseRecorder::KeepRequestBody(std::string_view body) { Keep(record_.request_body, body); }

bool ResponseRecorder::Keep(std::string& kept, std::string_view bytes) {
  const size_t room = reactor_.memory_tight() ? 0 : kMostBodyBytes - kept.size();
  const std::string_view part = bytes.substr(0, room);
  kept.append(part);
  reactor_.HoldMemory(part.size());
  if (part.size() == bytes.size()) return true;
  record_.bodies_truncated = true;
  return false;
}

bool ResponseRecorder::mid_event() const {
  const auto* stream = std::get_if<record::StreamDigest>(&digest_);
  return stream != nullptr && stream->mid_event();
}

bool ResponseRecorder::unfinished() const {
  const auto* stream = std::get_if<record::StreamDigest>(&digest_);
  return stream != nullptr && !stream->saw_done() && !stream->saw_error_event();
}

void ResponseRecorder::OnTunnel() {
  tunnel_ = true;
  recorder_.TunnelOpened();
}

void ResponseRecorder::OnTunnelBytes(uint64_t from_client, uint64_t from_upstream) {
  record_.request_bytes += static_cast<int64_t>(from_client);
  record_.response_bytes += static_cast<int64_t>(from_upstream);
  recorder_.TunnelBytes(from_client, from_upstream);
}

void ResponseRecorder::Finish() {
  if (tunnel_) recorder_.TunnelClosed();
  // From here on the record is the recorder's, which has a bound of its own.
  reactor_.FreeMemory(record_.request_body.size() + record_.response_body.size());
  const auto take = [this](auto& digest) {
    digest.Finish();
    const auto& usage = digest.usage();
    record_.usage = {usage.input, usage.output, usage.cached_input, usage.reasoning};
    record_.model_served = std::move(digest).model_served();
  };
  if (auto* stream = std::get_if<record::StreamDigest>(&digest_)) take(*stream);
  if (auto* document = std::get_if<record::JsonDigest>(&digest_)) {
    take(*document);
    spare_.Give(std::move(*document).memory());
  }
  if (usage_) record_.usage = *usage_;
}

bool ResponseRecorder::saw_error_event() const {
  const auto* stream = std::get_if<record::StreamDigest>(&digest_);
  return stream != nullptr && stream->saw_error_event();
}

}  // namespace llmgw::pipeline
