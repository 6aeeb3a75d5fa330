#pragma once

#include <optional>
#include <variant>

#include "dataplane/forward/forward_request.h"
#include "dataplane/model/request_record.h"
#include "dataplane/net/reactor.h"
#include "dataplane/net/spare_strings.h"
#include "dataplane/record/digest/stream_digest.h"
#include "dataplane/record/recorder.h"

namespace llmgw::pipeline {

// Learns from a passing response what the record needs: usage and model served (also from the last
// stream event), and the body where the log policy says so; of a switched connection, how many
// bytes passed. One per request.
class ResponseRecorder final : public forward::ResponseObserver {
 public:
  // Bodies kept for the record count as memory of `reactor` until Finish, and are cut short where
  // that is tight. All outlive this.
  ResponseRecorder(model::RequestRecord& record, record::Recorder& recorder, net::Reactor& reactor,
                   net::SpareStrings& spare)
      : record_(record), recorder_(recorder), reactor_(reactor), spare_(spare) {}

  // Keeps the request's body for the record, as far as it may be.
  void KeepRequestBody(std::string_view body);
  void OnHead(int status, std::string_view content_type, bool event_stream,
              bool content_coded) override;
  void OnPayload(std::string_view payload) override;
  bool mid_event() const override;
  bool unfinished() const override;
  void OnUsage(const model::TokenUsage& usage) override { usage_ = usage; }
  void OnTunnel() override;
  void OnTunnelBytes(uint64_t from_client, uint64_t from_upstream) override;

  // The response is over, whole or not: puts what was learnt into the record.
  void Finish();
  // The upstream itself reported a failure inside the stream.
  bool saw_error_event() const;
  uint64_t chunks() const { return chunks_; }

 private:
  static constexpr size_t kMostBodyBytes = 1 << 20;
  // False: not all of it.
  bool Keep(std::string& kept, std::string_view bytes);

  model::RequestRecord& record_;
  record::Recorder& recorder_;
  net::Reactor& reactor_;
  net::SpareStrings& spare_;
  bool response_cut_ = false;  // what follows a part that is missing is not kept either
  std::variant<std::monostate, record::StreamDigest, record::JsonDigest> digest_;
  std::optional<model::TokenUsage> usage_;  // told apart from the payload
  uint64_t chunks_ = 0;
  bool tunnel_ = false;
};

}  // namespace llmgw::pipeline
