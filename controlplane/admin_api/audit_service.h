#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/store/config_store.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

class AuditService final : public admin::v1::AuditService::Service {
 public:
  // Both must outlive this.
  AuditService(AdminCalls& calls, store::ConfigStore& store) : calls_(calls), store_(store) {}

  grpc::Status ListAuditEntries(grpc::ServerContext* context,
                                const admin::v1::ListAuditEntriesRequest* request,
                                admin::v1::ListAuditEntriesResponse* response) override;
  grpc::Status GetAuditEntry(grpc::ServerContext* context,
                             const admin::v1::GetAuditEntryRequest* request,
                             admin::v1::AuditEntry* response) override;

 private:
  Status List(const admin::v1::ListAuditEntriesRequest& request,
              admin::v1::ListAuditEntriesResponse* response);

  AdminCalls& calls_;
  store::ConfigStore& store_;
};

}  // namespace llmgw::controlplane::admin_api
