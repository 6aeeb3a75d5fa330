#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::rpc {

// Checks the metadata `authorization: Bearer TOKEN` of a call against one token, in constant time.
// Immutable, so safe for concurrent use; works for sync and callback handlers alike, since both
// have a ServerContextBase.
class BearerAuthorizer {
 public:
  // `what` names the token in refusals: "admin token". REQUIRES: !token.empty().
  BearerAuthorizer(SecretString token, std::string what);

  // kUnauthenticated says whether it is missing or wrong.
  Status Check(const grpc::ServerContextBase& context) const;

 private:
  SecretString token_;
  std::string what_;
};

}  // namespace llmgw::rpc
