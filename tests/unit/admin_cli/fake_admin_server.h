#pragma once

#include <grpcpp/server.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "llmgw/admin/v1/access_service.grpc.pb.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli {

// One method of the fake: keeps what was asked and answers as it was told; without an answer, with
// an empty response. Safe for concurrent use.
template <typename Request, typename Response>
class FakeMethod {
 public:
  using Answer = std::function<grpc::Status(const Request&, Response*)>;

  void Answers(Answer answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  void Answers(Response response) {
    Answers([response](const Request&, Response* out) {
      *out = response;
      return grpc::Status::OK;
    });
  }
  // Every call ends with this error; `field` travels in the trailing metadata.
  void Fails(grpc::StatusCode code, const std::string& message, const std::string& field = "") {
    Answers([=](const Request&, Response*) { return grpc::Status(code, message); });
    std::lock_guard lock(mutex_);
    field_ = field;
  }

  grpc::Status Handle(grpc::ServerContext* context, const Request* request, Response* response) {
    std::lock_guard lock(mutex_);
    requests_.push_back(*request);
    metadata_.clear();
    for (const auto& [key, value] : context->client_metadata()) {
      metadata_[{key.data(), key.size()}] = std::string(value.data(), value.size());
    }
    if (!field_.empty()) context->AddTrailingMetadata("llmgw-field", field_);
    return answer_ ? answer_(*request, response) : grpc::Status::OK;
  }

  size_t calls() const {
    std::lock_guard lock(mutex_);
    return requests_.size();
  }
  std::vector<Request> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  // REQUIRES: calls() > 0.
  Request last() const {
    std::lock_guard lock(mutex_);
    return requests_.back();
  }
  // Of the last call.
  std::string metadata(const std::string& key) const {
    std::lock_guard lock(mutex_);
    auto it = metadata_.find(key);
    return it == metadata_.end() ? "" : it->second;
  }

 private:
  mutable std::mutex mutex_;
  Answer answer_;
  std::string field_;
  std::vector<Request> requests_;
  std::map<std::string, std::string> metadata_;
};

// The admin API on a port of its own, with scripted answers.
class FakeAdminServer {
 public:
  FakeAdminServer();
  ~FakeAdminServer();

  const std::string& address() const { return address_; }
  // Refuses connections from then on; open streams end.
  void Stop();

  // One batch per TailLogs call: the stream sends it, then ends with the status. After the last
  // script it stays open.
  struct TailScript {
    std::vector<usage::v1::RequestRecord> records;
    grpc::Status end;
  };
  void ScriptTail(std::vector<TailScript> scripts);
  std::vector<admin::v1::TailLogsRequest> tail_requests() const;
  // Blocks until a call found no script left and stays open; false after 10 s.
  bool WaitForOpenTail();

  FakeMethod<admin::v1::ListUpstreamsRequest, admin::v1::ListUpstreamsResponse> list_upstreams;
  FakeMethod<admin::v1::GetUpstreamHealthRequest, admin::v1::GetUpstreamHealthResponse>
      get_upstream_health;
  FakeMethod<admin::v1::GetUpstreamRequest, admin::v1::UpstreamEntry> get_upstream;
  FakeMethod<admin::v1::CreateUpstreamRequest, admin::v1::UpstreamEntry> create_upstream;
  FakeMethod<admin::v1::UpdateUpstreamRequest, admin::v1::UpstreamEntry> update_upstream;
  FakeMethod<admin::v1::DeleteUpstreamRequest, admin::v1::DeleteUpstreamResponse> delete_upstream;

  FakeMethod<admin::v1::ListKeysRequest, admin::v1::ListKeysResponse> list_keys;
  FakeMethod<admin::v1::GetKeyRequest, admin::v1::KeyEntry> get_key;
  FakeMethod<admin::v1::CreateKeyRequest, admin::v1::CreateKeyResponse> create_key;
  FakeMethod<admin::v1::UpdateKeyRequest, admin::v1::KeyEntry> update_key;
  FakeMethod<admin::v1::RevokeKeyRequest, admin::v1::KeyEntry> revoke_key;
  FakeMethod<admin::v1::DeleteKeyRequest, admin::v1::DeleteKeyResponse> delete_key;

  FakeMethod<admin::v1::ListRoutesRequest, admin::v1::ListRoutesResponse> list_routes;
  FakeMethod<admin::v1::GetRouteRequest, admin::v1::RouteEntry> get_route;
  FakeMethod<admin::v1::CreateRouteRequest, admin::v1::RouteEntry> create_route;
  FakeMethod<admin::v1::UpdateRouteRequest, admin::v1::RouteEntry> update_route;
  FakeMethod<admin::v1::DeleteRouteRequest, admin::v1::DeleteRouteResponse> delete_route;

  FakeMethod<admin::v1::ListLevelsRequest, admin::v1::ListLevelsResponse> list_levels;
  FakeMethod<admin::v1::GetLevelRequest, admin::v1::LevelEntry> get_level;
  FakeMethod<admin::v1::CreateLevelRequest, admin::v1::LevelEntry> create_level;
  FakeMethod<admin::v1::UpdateLevelRequest, admin::v1::LevelEntry> update_level;
  FakeMethod<admin::v1::DeleteLevelRequest, admin::v1::DeleteLevelResponse> delete_level;

  FakeMethod<admin::v1::ListAccessRulesRequest, admin::v1::ListAccessRulesResponse> list_rules;
  FakeMethod<admin::v1::CreateAccessRuleRequest, admin::v1::AccessRuleChange> create_rule;
  FakeMethod<admin::v1::DeleteAccessRuleRequest, admin::v1::AccessRuleChange> delete_rule;

  FakeMethod<admin::v1::ListLogsRequest, admin::v1::ListLogsResponse> list_logs;
  FakeMethod<admin::v1::GetLogRequest, usage::v1::RequestRecord> get_log;

  FakeMethod<admin::v1::ListDataplanesRequest, admin::v1::ListDataplanesResponse> list_dataplanes;
  FakeMethod<admin::v1::GetDataplaneRequest, admin::v1::Dataplane> get_dataplane;
  FakeMethod<admin::v1::WaitForRolloutRequest, admin::v1::WaitForRolloutResponse> wait_for_rollout;
  FakeMethod<admin::v1::GetStatusRequest, admin::v1::GetStatusResponse> get_status;
  FakeMethod<admin::v1::ListAuditEntriesRequest, admin::v1::ListAuditEntriesResponse> list_audit;
  FakeMethod<admin::v1::GetAuditEntryRequest, admin::v1::AuditEntry> get_audit;

 private:
  struct Services;

  grpc::Status Tail(grpc::ServerContext* context, const admin::v1::TailLogsRequest& request,
                    grpc::ServerWriter<usage::v1::RequestRecord>* writer);

  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<TailScript> tail_scripts_;                   // guarded by mutex_
  std::vector<admin::v1::TailLogsRequest> tail_requests_;  // guarded by mutex_
  bool tail_is_open_ = false;                              // guarded by mutex_
  bool stopping_ = false;                                  // guarded by mutex_
};

}  // namespace llmgw::admin_cli
