#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/config_editor.h"
#include "llmgw/admin/v1/access_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// Edits one entry of one list in one transaction; the rest of the subject stays as it is in the
// store.
class AccessService final : public admin::v1::AccessService::Service {
 public:
  // Both must outlive this.
  AccessService(AdminCalls& calls, ConfigEditor& editor) : calls_(calls), editor_(editor) {}

  grpc::Status ListAccessRules(grpc::ServerContext* context,
                               const admin::v1::ListAccessRulesRequest* request,
                               admin::v1::ListAccessRulesResponse* response) override;
  grpc::Status GetAccessRule(grpc::ServerContext* context,
                             const admin::v1::GetAccessRuleRequest* request,
                             admin::v1::AccessRule* response) override;
  grpc::Status CreateAccessRule(grpc::ServerContext* context,
                                const admin::v1::CreateAccessRuleRequest* request,
                                admin::v1::AccessRuleChange* response) override;
  grpc::Status UpdateAccessRule(grpc::ServerContext* context,
                                const admin::v1::UpdateAccessRuleRequest* request,
                                admin::v1::AccessRuleChange* response) override;
  grpc::Status DeleteAccessRule(grpc::ServerContext* context,
                                const admin::v1::DeleteAccessRuleRequest* request,
                                admin::v1::AccessRuleChange* response) override;

 private:
  AdminCalls& calls_;
  ConfigEditor& editor_;
};

}  // namespace llmgw::controlplane::admin_api
