#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/config_editor.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// Named sets of models. See the proto file; safe for concurrent use.
class LevelService final : public admin::v1::LevelService::Service {
 public:
  // Both must outlive this.
  LevelService(AdminCalls& calls, ConfigEditor& editor) : calls_(calls), editor_(editor) {}

  grpc::Status ListLevels(grpc::ServerContext* context, const admin::v1::ListLevelsRequest* request,
                          admin::v1::ListLevelsResponse* response) override;
  grpc::Status GetLevel(grpc::ServerContext* context, const admin::v1::GetLevelRequest* request,
                        admin::v1::LevelEntry* response) override;
  grpc::Status CreateLevel(grpc::ServerContext* context,
                           const admin::v1::CreateLevelRequest* request,
                           admin::v1::LevelEntry* response) override;
  grpc::Status UpdateLevel(grpc::ServerContext* context,
                           const admin::v1::UpdateLevelRequest* request,
                           admin::v1::LevelEntry* response) override;
  grpc::Status DeleteLevel(grpc::ServerContext* context,
                           const admin::v1::DeleteLevelRequest* request,
                           admin::v1::DeleteLevelResponse* response) override;

 private:
  AdminCalls& calls_;
  ConfigEditor& editor_;
};

}  // namespace llmgw::controlplane::admin_api
