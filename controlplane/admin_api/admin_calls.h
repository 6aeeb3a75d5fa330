#pragma once

#include <grpcpp/server_context.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <exception>
#include <string>

#include "common/base/result.h"
#include "common/rpc/bearer.h"
#include "controlplane/admin_api/caller.h"

namespace llmgw::controlplane::admin_api {

// What every call of the admin API goes through: authorization first, then the call, then its
// status, counted as llmgw_admin_calls_total{method,code}. Safe for concurrent use.
class AdminCalls {
 public:
  // Both must outlive this.
  AdminCalls(const rpc::BearerAuthorizer& authorizer, prometheus::Registry& registry);

  // `body` takes a const Caller& and returns a Status. `method` is a literal such as
  // "KeyService/CreateKey".
  template <typename Body>
  grpc::Status Run(grpc::ServerContextBase& context, const char* method, Body&& body) {
    return Finish(context, method, Guarded(context, body));
  }

  // For callback calls, which do their work later: only the first and the last part.
  Result<Caller> Begin(grpc::ServerContextBase& context) const;
  grpc::Status Finish(grpc::ServerContextBase& context, const char* method, const Status& outcome);

 private:
  template <typename Body>
  Status Guarded(grpc::ServerContextBase& context, Body& body) {
    try {
      TRY_ASSIGN(Caller caller, Begin(context));
      return body(caller);
    } catch (const std::exception& unexpected) {
      return Fail(Internal(std::string("unexpected failure: ") + unexpected.what()));
    }
  }

  const rpc::BearerAuthorizer& authorizer_;
  prometheus::Family<prometheus::Counter>& calls_;
};

}  // namespace llmgw::controlplane::admin_api
