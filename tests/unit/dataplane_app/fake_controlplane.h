#pragma once

#include <grpcpp/server.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "llmgw/config/v1/config_service.grpc.pb.h"
#include "llmgw/usage/v1/usage_service.grpc.pb.h"

namespace llmgw::app {

// Both services that a dataplane talks to, on loopback. Refuses calls without its token.
class FakeControlplane {
 public:
  explicit FakeControlplane(std::string token);
  ~FakeControlplane();

  // The next snapshot for whoever is connected, and for everybody who connects later.
  void Publish(uint64_t revision, config::v1::Snapshot snapshot);

  // True when the revision was acknowledged, within a bound.
  bool WaitForAck(uint64_t revision);
  bool WaitForRecords(size_t count);
  std::vector<usage::v1::RequestRecord> records();
  // The last Hello.
  config::v1::Hello hello();

  const std::string& address() const { return address_; }

 private:
  class ConfigImpl;
  class UsageImpl;

  bool Authorized(const grpc::ServerContext& context) const;

  const std::string token_;
  std::string address_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  config::v1::ControlplaneMessage update_;  // revision 0: none yet
  uint64_t acknowledged_ = 0;
  config::v1::Hello hello_;
  std::vector<usage::v1::RequestRecord> records_;
  std::unique_ptr<ConfigImpl> config_;
  std::unique_ptr<UsageImpl> usage_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace llmgw::app
