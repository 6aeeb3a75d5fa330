#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "controlplane/app/controlplane_app.h"
#include "llmgw/admin/v1/access_service.grpc.pb.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

namespace llmgw::controlplane {

// A real controlplane on SQLite, in this process, on free ports of loopback, and an operator who
// talks to it over gRPC.
class ControlplaneFixture : public testing::Test {
 protected:
  ControlplaneFixture();

  app::AppOptions Options() const;
  // Starts (again) with these options.
  void Start(const app::AppOptions& options);
  void Start() { Start(Options()); }
  void Stop() { app_.reset(); }

  std::shared_ptr<grpc::Channel> Channel(const std::string& token) const;
  std::string AdminToken() const;
  std::string DataplaneToken() const;
  // The body of an ops endpoint; `status` gets the HTTP status.
  std::string Ops(const std::string& path, int* status = nullptr) const;

  // One call of `stub`: the answer, or the error it ended with.
  template <typename Stub, typename Request, typename Response>
  Result<Response> Call(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + test::kPatience);
    context.AddMetadata("llmgw-user", "alice");
    Response response;
    grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return Fail(rpc::FromGrpcStatus(status, context));
    return response;
  }

  // Shorthands of the operator.
  Result<admin::v1::UpstreamEntry> CreateUpstream(
      const std::string& name, const std::string& secret = "sk-0123456789abcdef");
  Result<admin::v1::UpstreamEntry> GetUpstream(const std::string& name);
  Result<admin::v1::UpstreamEntry> UpdateUpstream(const config::v1::Upstream& upstream,
                                                  uint64_t expected_revision);
  Result<admin::v1::CreateKeyResponse> CreateKey(const std::string& name,
                                                 const std::string& token = "");
  Result<admin::v1::RouteEntry> CreateRoute(const config::v1::Route& route);
  Result<admin::v1::GetStatusResponse> GetStatus();
  uint64_t Revision() { return GetStatus().value().revision(); }

  test::TempDir dir_;
  std::unique_ptr<app::ControlplaneApp> app_;
  std::unique_ptr<admin::v1::UpstreamService::Stub> upstreams_;
  std::unique_ptr<admin::v1::RouteService::Stub> routes_;
  std::unique_ptr<admin::v1::LevelService::Stub> levels_;
  std::unique_ptr<admin::v1::KeyService::Stub> keys_;
  std::unique_ptr<admin::v1::AccessService::Stub> access_;
  std::unique_ptr<admin::v1::LogService::Stub> logs_;
  std::unique_ptr<admin::v1::DataplaneService::Stub> dataplanes_;
  std::unique_ptr<admin::v1::StatusService::Stub> status_;
  std::unique_ptr<admin::v1::AuditService::Stub> audit_;
};

}  // namespace llmgw::controlplane
