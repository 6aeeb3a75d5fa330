#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <optional>
#include <string>

#include "llmgw/config/v1/config_service.grpc.pb.h"

namespace llmgw::controlplane {

// A dataplane that does what a test says. Every wait is bounded by the stream's deadline.
class TestDataplane {
 public:
  // Connects and says hello.
  TestDataplane(std::shared_ptr<grpc::Channel> channel, const std::string& id);
  ~TestDataplane();

  // The next update; empty when the stream ended.
  std::optional<config::v1::ControlplaneMessage> Read();
  void Ack(const config::v1::ControlplaneMessage& update);
  void Nack(const config::v1::ControlplaneMessage& update, const std::string& reason);
  void Heartbeat(uint64_t requests_in_flight);
  void Send(const config::v1::DataplaneMessage& message);
  // Leaves, and says how the stream ended.
  grpc::Status Leave();
  // Waits for the controlplane to end the stream.
  grpc::Status AwaitEnd();

 private:
  std::unique_ptr<config::v1::ConfigService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<config::v1::DataplaneMessage, config::v1::ControlplaneMessage>>
      stream_;
  bool over_ = false;
};

}  // namespace llmgw::controlplane
