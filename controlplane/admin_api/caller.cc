#include "controlplane/admin_api/caller.h"

#include "common/rpc/peer.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr size_t kLongestUser = 64;

std::string ClaimedUser(const grpc::ServerContextBase& context) {
  auto it = context.client_metadata().find("llmgw-user");
  if (it == context.client_metadata().end()) return {};
  std::string user(it->second.data(), std::min(it->second.size(), kLongestUser));
  for (char& c : user) {
    if (c < ' ' || c > '~') c = '?';
  }
  return user;
}

}  // namespace

Result<Caller> Authorize(const rpc::BearerAuthorizer& authorizer,
                         const grpc::ServerContextBase& context) {
  TRY(authorizer.Check(context));
  std::string actor = "admin@" + rpc::PeerHost(context.peer());
  std::string user = ClaimedUser(context);
  if (!user.empty()) actor += " (" + user + ")";
  return Caller(std::move(actor));
}

}  // namespace llmgw::controlplane::admin_api
