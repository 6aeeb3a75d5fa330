#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/config_editor.h"
#include "controlplane/snapshot/store_identity.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// A token is made or taken here, hashed here, and exists nowhere else.
class KeyService final : public admin::v1::KeyService::Service {
 public:
  // All must outlive this.
  KeyService(AdminCalls& calls, ConfigEditor& editor, snapshot::StoreIdentitySource& identity)
      : calls_(calls), editor_(editor), identity_(identity) {}

  grpc::Status ListKeys(grpc::ServerContext* context, const admin::v1::ListKeysRequest* request,
                        admin::v1::ListKeysResponse* response) override;
  grpc::Status GetKey(grpc::ServerContext* context, const admin::v1::GetKeyRequest* request,
                      admin::v1::KeyEntry* response) override;
  grpc::Status CreateKey(grpc::ServerContext* context, const admin::v1::CreateKeyRequest* request,
                         admin::v1::CreateKeyResponse* response) override;
  grpc::Status UpdateKey(grpc::ServerContext* context, const admin::v1::UpdateKeyRequest* request,
                         admin::v1::KeyEntry* response) override;
  grpc::Status RevokeKey(grpc::ServerContext* context, const admin::v1::RevokeKeyRequest* request,
                         admin::v1::KeyEntry* response) override;
  grpc::Status DeleteKey(grpc::ServerContext* context, const admin::v1::DeleteKeyRequest* request,
                         admin::v1::DeleteKeyResponse* response) override;

 private:
  Status Create(const Caller& caller, const admin::v1::CreateKeyRequest& request,
                admin::v1::CreateKeyResponse* response);
  Status Revoke(const Caller& caller, const std::string& id_or_name, admin::v1::KeyEntry* response);

  AdminCalls& calls_;
  ConfigEditor& editor_;
  snapshot::StoreIdentitySource& identity_;
};

}  // namespace llmgw::controlplane::admin_api
