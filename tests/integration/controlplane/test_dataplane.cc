#include "tests/integration/controlplane/test_dataplane.h"

#include "tests/support/wait.h"

namespace llmgw::controlplane {

TestDataplane::TestDataplane(std::shared_ptr<grpc::Channel> channel, const std::string& id)
    : stub_(config::v1::ConfigService::NewStub(std::move(channel))) {
  context_.set_deadline(std::chrono::system_clock::now() + test::kPatience);
  stream_ = stub_->Stream(&context_);
  config::v1::DataplaneMessage message;
  message.mutable_hello()->set_dataplane_id(id);
  message.mutable_hello()->set_version("9.9");
  message.mutable_hello()->set_address("0.0.0.0:8080");
  Send(message);
}

TestDataplane::~TestDataplane() {
  if (over_) return;
  context_.TryCancel();
  stream_->Finish();
}

std::optional<config::v1::ControlplaneMessage> TestDataplane::Read() {
  config::v1::ControlplaneMessage update;
  if (!stream_->Read(&update)) return std::nullopt;
  return update;
}

void TestDataplane::Ack(const config::v1::ControlplaneMessage& update) {
  config::v1::DataplaneMessage message;
  message.mutable_ack()->set_nonce(update.nonce());
  message.mutable_ack()->set_revision(update.revision());
  Send(message);
}

void TestDataplane::Nack(const config::v1::ControlplaneMessage& update, const std::string& reason) {
  config::v1::DataplaneMessage message;
  message.mutable_nack()->set_nonce(update.nonce());
  message.mutable_nack()->set_revision(update.revision());
  message.mutable_nack()->set_reason(reason);
  message.mutable_nack()->set_field("upstreams[a].endpoint");
  Send(message);
}

void TestDataplane::Heartbeat(uint64_t requests_in_flight) {
  config::v1::DataplaneMessage message;
  message.mutable_heartbeat()->set_requests_in_flight(requests_in_flight);
  Send(message);
}

void TestDataplane::Send(const config::v1::DataplaneMessage& message) { stream_->Write(message); }

grpc::Status TestDataplane::Leave() {
  stream_->WritesDone();
  return AwaitEnd();
}

grpc::Status TestDataplane::AwaitEnd() {
  while (Read()) {
  }
  over_ = true;
  return stream_->Finish();
}

}  // namespace llmgw::controlplane
