#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "common/base/result.h"
#include "common/rpc/bearer.h"

namespace llmgw::controlplane::admin_api {

// Somebody who showed the admin token. Only Authorize makes one, so a change without a caller can't
// be written.
class Caller {
 public:
  // "admin@127.0.0.1", or "admin@127.0.0.1 (alice)" when the call's metadata `llmgw-user` says who
  // sits there. The name in brackets is what the client claims; the token is all that was proved.
  const std::string& actor() const { return actor_; }

 private:
  friend Result<Caller> Authorize(const rpc::BearerAuthorizer& authorizer,
                                  const grpc::ServerContextBase& context);
  explicit Caller(std::string actor) : actor_(std::move(actor)) {}

  std::string actor_;
};

// kUnauthenticated without the right token.
Result<Caller> Authorize(const rpc::BearerAuthorizer& authorizer,
                         const grpc::ServerContextBase& context);

}  // namespace llmgw::controlplane::admin_api
