#include "admin-cli/command/logs/key_names.h"

#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::logs {

const std::string& KeyNames::Of(const std::string& id) {
  auto it = known_.find(id);
  if (it == known_.end()) it = known_.emplace(id, id.empty() ? "" : Ask(id)).first;
  return it->second;
}

std::string KeyNames::Ask(const std::string& id) {
  if (silent_) return id;
  admin::v1::GetKeyRequest request;
  request.set_id_or_name(id);
  auto entry = client_.Call(&admin::v1::KeyService::Stub::GetKey, request);
  if (entry) return entry->key().name().empty() ? id : entry->key().name();
  if (entry.error().kind != ErrorKind::kNotFound) silent_ = true;
  return id;
}

}  // namespace llmgw::admin_cli::logs
