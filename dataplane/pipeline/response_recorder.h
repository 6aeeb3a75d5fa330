#pragma once

#include <variant>

#include "dataplane/forward/forward_request.h"
#include "dataplane/model/request_record.h"
#include "dataplane/record/digest/stream_digest.h"

namespace llmgw::pipeline {

// Learns from a passing response what the record needs: usage and model served (also from the last
// stream event), and the body where the log policy says so. One per request.
class ResponseRecorder final : public forward::ResponseObserver {
 public:
  // `record` outlives this.
  explicit ResponseRecorder(model::RequestRecord& record) : record_(record) {}

  void OnHead(int status, std::string_view content_type, bool event_stream,
              bool content_coded) override;
  void OnPayload(std::string_view payload) override;
  bool mid_event() const override;
  bool unfinished() const override;

  // The response is over, whole or not: puts what was learnt into the record.
  void Finish();
  // The upstream itself reported a failure inside the stream.
  bool saw_error_event() const;
  uint64_t chunks() const { return chunks_; }

 private:
  static constexpr size_t kMostBodyBytes = 1 << 20;

  model::RequestRecord& record_;
  std::variant<std::monostate, record::StreamDigest, record::JsonDigest> digest_;
  uint64_t chunks_ = 0;
};

}  // namespace llmgw::pipeline
