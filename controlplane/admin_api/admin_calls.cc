#include "controlplane/admin_api/admin_calls.h"

#include <spdlog/spdlog.h>

#include "common/rpc/peer.h"
#include "common/rpc/status.h"

namespace llmgw::controlplane::admin_api {

AdminCalls::AdminCalls(const rpc::BearerAuthorizer& authorizer, prometheus::Registry& registry)
    : authorizer_(authorizer),
      calls_(prometheus::BuildCounter()
                 .Name("llmgw_admin_calls_total")
                 .Help("Calls of the admin API by method and gRPC status code")
                 .Register(registry)) {}

Result<Caller> AdminCalls::Begin(grpc::ServerContextBase& context) const {
  return Authorize(authorizer_, context);
}

grpc::Status AdminCalls::Finish(grpc::ServerContextBase& context, const char* method,
                                const Status& outcome) {
  grpc::Status status = outcome ? grpc::Status::OK : rpc::ToGrpcStatus(outcome.error(), context);
  calls_.Add({{"method", method}, {"code", rpc::CodeName(status.error_code())}}).Increment();
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
      status.error_code() == grpc::StatusCode::INTERNAL) {
    spdlog::warn("{} from {}: {}", method, rpc::PeerAddress(context.peer()),
                 status.error_message());
  }
  return status;
}

}  // namespace llmgw::controlplane::admin_api
