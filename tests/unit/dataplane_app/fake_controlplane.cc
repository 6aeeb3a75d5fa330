#include "tests/unit/dataplane_app/fake_controlplane.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <thread>
#include <utility>

namespace llmgw::app {
namespace {

constexpr auto kBound = std::chrono::seconds(20);
const grpc::Status kRefused{grpc::StatusCode::UNAUTHENTICATED, "wrong token"};

}  // namespace

class FakeControlplane::ConfigImpl final : public config::v1::ConfigService::Service {
 public:
  explicit ConfigImpl(FakeControlplane& owner) : owner_(owner) {}

  grpc::Status Stream(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<config::v1::ControlplaneMessage,
                                               config::v1::DataplaneMessage>* stream) override {
    if (!owner_.Authorized(*context)) return kRefused;
    std::thread sender([&] { SendUpdates(*context, *stream); });
    config::v1::DataplaneMessage message;
    while (stream->Read(&message)) {
      std::lock_guard lock(owner_.mutex_);
      if (message.has_hello()) owner_.hello_ = message.hello();
      if (message.has_ack()) owner_.acknowledged_ = message.ack().revision();
      owner_.changed_.notify_all();
    }
    {
      std::lock_guard lock(owner_.mutex_);
      ++ended_;
      owner_.changed_.notify_all();
    }
    sender.join();
    return grpc::Status::OK;
  }

 private:
  void SendUpdates(grpc::ServerContext& context,
                   grpc::ServerReaderWriter<config::v1::ControlplaneMessage,
                                            config::v1::DataplaneMessage>& stream) {
    uint64_t sent = 0;
    std::unique_lock lock(owner_.mutex_);
    const int ended_before = ended_;
    while (true) {
      owner_.changed_.wait(lock, [&] {
        return owner_.stopping_ || ended_ != ended_before || owner_.update_.revision() != sent;
      });
      if (owner_.stopping_) context.TryCancel();
      if (owner_.stopping_ || ended_ != ended_before) return;
      sent = owner_.update_.revision();
      stream.Write(owner_.update_);
    }
  }

  FakeControlplane& owner_;
  int ended_ = 0;  // streams; guarded by the owner's mutex
};

class FakeControlplane::UsageImpl final : public usage::v1::UsageService::Service {
 public:
  explicit UsageImpl(FakeControlplane& owner) : owner_(owner) {}

  grpc::Status Report(grpc::ServerContext* context, const usage::v1::ReportRequest* request,
                      usage::v1::ReportResponse*) override {
    if (!owner_.Authorized(*context)) return kRefused;
    std::lock_guard lock(owner_.mutex_);
    owner_.records_.insert(owner_.records_.end(), request->records().begin(),
                           request->records().end());
    owner_.changed_.notify_all();
    return grpc::Status::OK;
  }

 private:
  FakeControlplane& owner_;
};

FakeControlplane::FakeControlplane(std::string token)
    : token_(std::move(token)),
      config_(std::make_unique<ConfigImpl>(*this)),
      usage_(std::make_unique<UsageImpl>(*this)) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(config_.get());
  builder.RegisterService(usage_.get());
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

FakeControlplane::~FakeControlplane() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  server_->Shutdown(std::chrono::system_clock::now());
}

bool FakeControlplane::Authorized(const grpc::ServerContext& context) const {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("authorization");
  return found != metadata.end() &&
         std::string(found->second.data(), found->second.size()) == "Bearer " + token_;
}

void FakeControlplane::Publish(uint64_t revision, config::v1::Snapshot snapshot) {
  std::lock_guard lock(mutex_);
  update_.set_revision(revision);
  update_.set_nonce(std::to_string(revision));
  *update_.mutable_snapshot() = std::move(snapshot);
  changed_.notify_all();
}

bool FakeControlplane::WaitForAck(uint64_t revision) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kBound, [&] { return acknowledged_ == revision; });
}

bool FakeControlplane::WaitForRecords(size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kBound, [&] { return records_.size() >= count; });
}

std::vector<usage::v1::RequestRecord> FakeControlplane::records() {
  std::lock_guard lock(mutex_);
  return records_;
}

config::v1::Hello FakeControlplane::hello() {
  std::lock_guard lock(mutex_);
  return hello_;
}

}  // namespace llmgw::app
