#include "tests/unit/admin_cli/fake_admin_server.h"

#include <grpcpp/server_builder.h>

namespace llmgw::admin_cli {
namespace {

using grpc::ServerContext;
using grpc::Status;
using namespace admin::v1;  // NOLINT: every message of the admin API appears below

class Upstreams final : public UpstreamService::Service {
 public:
  explicit Upstreams(FakeAdminServer& fake) : fake_(fake) {}
  Status ListUpstreams(ServerContext* c, const ListUpstreamsRequest* q,
                       ListUpstreamsResponse* a) override {
    return fake_.list_upstreams.Handle(c, q, a);
  }
  Status GetUpstream(ServerContext* c, const GetUpstreamRequest* q, UpstreamEntry* a) override {
    return fake_.get_upstream.Handle(c, q, a);
  }
  Status CreateUpstream(ServerContext* c, const CreateUpstreamRequest* q,
                        UpstreamEntry* a) override {
    return fake_.create_upstream.Handle(c, q, a);
  }
  Status UpdateUpstream(ServerContext* c, const UpdateUpstreamRequest* q,
                        UpstreamEntry* a) override {
    return fake_.update_upstream.Handle(c, q, a);
  }
  Status DeleteUpstream(ServerContext* c, const DeleteUpstreamRequest* q,
                        DeleteUpstreamResponse* a) override {
    return fake_.delete_upstream.Handle(c, q, a);
  }
  Status GetUpstreamHealth(ServerContext* c, const GetUpstreamHealthRequest* q,
                           GetUpstreamHealthResponse* a) override {
    return fake_.get_upstream_health.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Keys final : public KeyService::Service {
 public:
  explicit Keys(FakeAdminServer& fake) : fake_(fake) {}
  Status ListKeys(ServerContext* c, const ListKeysRequest* q, ListKeysResponse* a) override {
    return fake_.list_keys.Handle(c, q, a);
  }
  Status GetKey(ServerContext* c, const GetKeyRequest* q, KeyEntry* a) override {
    return fake_.get_key.Handle(c, q, a);
  }
  Status CreateKey(ServerContext* c, const CreateKeyRequest* q, CreateKeyResponse* a) override {
    return fake_.create_key.Handle(c, q, a);
  }
  Status UpdateKey(ServerContext* c, const UpdateKeyRequest* q, KeyEntry* a) override {
    return fake_.update_key.Handle(c, q, a);
  }
  Status RevokeKey(ServerContext* c, const RevokeKeyRequest* q, KeyEntry* a) override {
    return fake_.revoke_key.Handle(c, q, a);
  }
  Status DeleteKey(ServerContext* c, const DeleteKeyRequest* q, DeleteKeyResponse* a) override {
    return fake_.delete_key.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Routes final : public RouteService::Service {
 public:
  explicit Routes(FakeAdminServer& fake) : fake_(fake) {}
  Status ListRoutes(ServerContext* c, const ListRoutesRequest* q, ListRoutesResponse* a) override {
    return fake_.list_routes.Handle(c, q, a);
  }
  Status GetRoute(ServerContext* c, const GetRouteRequest* q, RouteEntry* a) override {
    return fake_.get_route.Handle(c, q, a);
  }
  Status CreateRoute(ServerContext* c, const CreateRouteRequest* q, RouteEntry* a) override {
    return fake_.create_route.Handle(c, q, a);
  }
  Status UpdateRoute(ServerContext* c, const UpdateRouteRequest* q, RouteEntry* a) override {
    return fake_.update_route.Handle(c, q, a);
  }
  Status DeleteRoute(ServerContext* c, const DeleteRouteRequest* q,
                     DeleteRouteResponse* a) override {
    return fake_.delete_route.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Levels final : public LevelService::Service {
 public:
  explicit Levels(FakeAdminServer& fake) : fake_(fake) {}
  Status ListLevels(ServerContext* c, const ListLevelsRequest* q, ListLevelsResponse* a) override {
    return fake_.list_levels.Handle(c, q, a);
  }
  Status GetLevel(ServerContext* c, const GetLevelRequest* q, LevelEntry* a) override {
    return fake_.get_level.Handle(c, q, a);
  }
  Status CreateLevel(ServerContext* c, const CreateLevelRequest* q, LevelEntry* a) override {
    return fake_.create_level.Handle(c, q, a);
  }
  Status UpdateLevel(ServerContext* c, const UpdateLevelRequest* q, LevelEntry* a) override {
    return fake_.update_level.Handle(c, q, a);
  }
  Status DeleteLevel(ServerContext* c, const DeleteLevelRequest* q,
                     DeleteLevelResponse* a) override {
    return fake_.delete_level.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Access final : public AccessService::Service {
 public:
  explicit Access(FakeAdminServer& fake) : fake_(fake) {}
  Status ListAccessRules(ServerContext* c, const ListAccessRulesRequest* q,
                         ListAccessRulesResponse* a) override {
    return fake_.list_rules.Handle(c, q, a);
  }
  Status CreateAccessRule(ServerContext* c, const CreateAccessRuleRequest* q,
                          AccessRuleChange* a) override {
    return fake_.create_rule.Handle(c, q, a);
  }
  Status DeleteAccessRule(ServerContext* c, const DeleteAccessRuleRequest* q,
                          AccessRuleChange* a) override {
    return fake_.delete_rule.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Logs final : public LogService::Service {
 public:
  using OnTail = std::function<Status(ServerContext*, const TailLogsRequest&,
                                      grpc::ServerWriter<usage::v1::RequestRecord>*)>;
  Logs(FakeAdminServer& fake, OnTail on_tail) : fake_(fake), on_tail_(std::move(on_tail)) {}
  Status ListLogs(ServerContext* c, const ListLogsRequest* q, ListLogsResponse* a) override {
    return fake_.list_logs.Handle(c, q, a);
  }
  Status GetLog(ServerContext* c, const GetLogRequest* q, usage::v1::RequestRecord* a) override {
    return fake_.get_log.Handle(c, q, a);
  }
  Status TailLogs(ServerContext* c, const TailLogsRequest* q,
                  grpc::ServerWriter<usage::v1::RequestRecord>* writer) override {
    return on_tail_(c, *q, writer);
  }

 private:
  FakeAdminServer& fake_;
  OnTail on_tail_;
};

class Dataplanes final : public DataplaneService::Service {
 public:
  explicit Dataplanes(FakeAdminServer& fake) : fake_(fake) {}
  Status ListDataplanes(ServerContext* c, const ListDataplanesRequest* q,
                        ListDataplanesResponse* a) override {
    return fake_.list_dataplanes.Handle(c, q, a);
  }
  Status GetDataplane(ServerContext* c, const GetDataplaneRequest* q, Dataplane* a) override {
    return fake_.get_dataplane.Handle(c, q, a);
  }
  Status WaitForRollout(ServerContext* c, const WaitForRolloutRequest* q,
                        WaitForRolloutResponse* a) override {
    return fake_.wait_for_rollout.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class StatusOf final : public StatusService::Service {
 public:
  explicit StatusOf(FakeAdminServer& fake) : fake_(fake) {}
  Status GetStatus(ServerContext* c, const GetStatusRequest* q, GetStatusResponse* a) override {
    return fake_.get_status.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

class Audit final : public AuditService::Service {
 public:
  explicit Audit(FakeAdminServer& fake) : fake_(fake) {}
  Status ListAuditEntries(ServerContext* c, const ListAuditEntriesRequest* q,
                          ListAuditEntriesResponse* a) override {
    return fake_.list_audit.Handle(c, q, a);
  }
  Status GetAuditEntry(ServerContext* c, const GetAuditEntryRequest* q, AuditEntry* a) override {
    return fake_.get_audit.Handle(c, q, a);
  }

 private:
  FakeAdminServer& fake_;
};

}  // namespace

struct FakeAdminServer::Services {
  explicit Services(FakeAdminServer& fake)
      : upstreams(fake),
        keys(fake),
        routes(fake),
        levels(fake),
        access(fake),
        logs(fake, [&fake](auto* c, const auto& q, auto* w) { return fake.Tail(c, q, w); }),
        dataplanes(fake),
        status(fake),
        audit(fake) {}
  Upstreams upstreams;
  Keys keys;
  Routes routes;
  Levels levels;
  Access access;
  Logs logs;
  Dataplanes dataplanes;
  StatusOf status;
  Audit audit;
};

FakeAdminServer::FakeAdminServer() : services_(std::make_unique<Services>(*this)) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&services_->upstreams);
  builder.RegisterService(&services_->keys);
  builder.RegisterService(&services_->routes);
  builder.RegisterService(&services_->levels);
  builder.RegisterService(&services_->access);
  builder.RegisterService(&services_->logs);
  builder.RegisterService(&services_->dataplanes);
  builder.RegisterService(&services_->status);
  builder.RegisterService(&services_->audit);
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

FakeAdminServer::~FakeAdminServer() { Stop(); }

void FakeAdminServer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  server_->Wait();
}

void FakeAdminServer::ScriptTail(std::vector<TailScript> scripts) {
  std::lock_guard lock(mutex_);
  tail_scripts_ = std::move(scripts);
}

std::vector<TailLogsRequest> FakeAdminServer::tail_requests() const {
  std::lock_guard lock(mutex_);
  return tail_requests_;
}

bool FakeAdminServer::WaitForOpenTail() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return tail_is_open_; });
}

grpc::Status FakeAdminServer::Tail(ServerContext* context, const TailLogsRequest& request,
                                   grpc::ServerWriter<usage::v1::RequestRecord>* writer) {
  std::unique_lock lock(mutex_);
  tail_requests_.push_back(request);
  if (!tail_scripts_.empty()) {
    const TailScript script = tail_scripts_.front();
    tail_scripts_.erase(tail_scripts_.begin());
    lock.unlock();
    for (const auto& record : script.records) writer->Write(record);
    return script.end;
  }
  tail_is_open_ = true;
  changed_.notify_all();
  // A cancelled call is seen by looking: the synchronous API has no event for it.
  while (!stopping_ && !context->IsCancelled()) {
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  return grpc::Status::OK;
}

}  // namespace llmgw::admin_cli
