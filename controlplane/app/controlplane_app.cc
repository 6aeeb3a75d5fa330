#include "controlplane/app/controlplane_app.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <optional>

#include "common/base/clock.h"
#include "common/daemon/addresses_file.h"
#include "common/daemon/ops_server.h"
#include "common/rpc/bearer.h"
#include "common/rpc/server.h"
#include "controlplane/admin_api/access_service.h"
#include "controlplane/admin_api/audit_service.h"
#include "controlplane/admin_api/dataplane_service.h"
#include "controlplane/admin_api/key_service.h"
#include "controlplane/admin_api/level_service.h"
#include "controlplane/admin_api/log_service.h"
#include "controlplane/admin_api/protections.h"
#include "controlplane/admin_api/route_service.h"
#include "controlplane/admin_api/status_service.h"
#include "controlplane/admin_api/upstream_service.h"
#include "controlplane/app/bootstrap.h"
#include "controlplane/app/controlplane_metrics.h"
#include "controlplane/app/gated_stores.h"
#include "controlplane/app/startup_summary.h"
#include "controlplane/app/store_opener.h"
#include "controlplane/ingest/usage_service.h"
#include "controlplane/model/kinds.h"
#include "controlplane/push/config_push_service.h"
#include "controlplane/snapshot/change_feed.h"

namespace llmgw::controlplane::app {
namespace {

constexpr char kStopping[] = "this controlplane is stopping";

}  // namespace

// Members are made from top to bottom, each from what stands above it, and destroyed from bottom to
// top.
struct ControlplaneApp::Parts {
  Parts(AppOptions options_in, LocalSecrets secrets)
      : options(std::move(options_in)),
        vault(crypto::Sealer(std::move(secrets.sealing_key))),
        admin_authorizer(std::move(secrets.admin_token), "admin token"),
        dataplane_authorizer(std::move(secrets.dataplane_token), "dataplane token") {
    publisher.AddListener([this] {
      tracker.StartEpoch(publisher.Current()->epoch);
      push_service.KickAll();
    });
  }

  admin::v1::GetStatusResponse Describe();
  std::vector<std::string> NotReady();
  Status Opened();
  Status StartServer();
  Status StartOps();

  AppOptions options;
  const WallTime started_at = RealClock().Wall();
  std::atomic<bool> draining = false;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();

  // State and its way to the dataplanes.
  GatedStores stores{*registry};
  snapshot::SecretVault vault;
  snapshot::StoreIdentitySource identity{stores.config(), vault};
  snapshot::SnapshotBuilder builder{identity, vault};
  snapshot::Publisher publisher{builder};
  snapshot::ChangeFeed feed{stores.config(), publisher};
  StoreOpener opener{stores, options.DatabaseUrl(), [this] { return Opened(); }};
  push::RolloutTracker tracker{RealClock()};
  push::HealthTracker health{RealClock()};

  // Services.
  rpc::BearerAuthorizer admin_authorizer;
  rpc::BearerAuthorizer dataplane_authorizer;
  admin_api::AdminCalls calls{admin_authorizer, *registry};
  admin_api::ConfigEditor editor{stores.config(), identity, vault, publisher};
  admin_api::LogTailHub tails{stores.logs()};
  push::ConfigPushService push_service{publisher, tracker, health, dataplane_authorizer};
  ingest::UsageService usage_service{stores.logs(), dataplane_authorizer, *registry,
                                     [this] { tails.Poke(); }};
  admin_api::UpstreamService upstream_service{calls, editor, health};
  admin_api::RouteService route_service{calls, editor};
  admin_api::LevelService level_service{calls, editor};
  admin_api::KeyService key_service{calls, editor, identity};
  admin_api::AccessService access_service{calls, editor};
  admin_api::LogService log_service{calls, stores.config(), stores.logs(), tails};
  admin_api::DataplaneService dataplane_service{calls, tracker, publisher};
  admin_api::AuditService audit_service{calls, stores.config()};
  admin_api::StatusService status_service{calls, [this] { return Describe(); }};
  std::shared_ptr<ControlplaneMetrics> metrics = std::make_shared<ControlplaneMetrics>(
      publisher, tracker, [this] { return feed.StoreError().empty(); }, LLMGW_VERSION);

  // What listens.
  int grpc_port = 0;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<daemon::OpsServer> ops;
  std::optional<daemon::AddressesFile> addresses_file;
  bool stopped = false;
};

admin::v1::GetStatusResponse ControlplaneApp::Parts::Describe() {
  admin::v1::GetStatusResponse status;
  status.set_version(LLMGW_VERSION);
  *status.mutable_started_at() = admin_api::ToProto(started_at);
  status.set_store_kind(std::string(stores.config().kind()));
  auto store = stores.config().Ping();
  status.set_store_ok(store.has_value());
  if (!store) status.set_store_error(store.error().message);
  auto warnings = ProtectionsOffByOptions(options);
  if (auto state = publisher.Current()) {
    status.set_revision(state->revision);
    for (const auto& [id, stored] : state->resources) {
      if (id.first == model::kUpstream) status.set_upstreams(status.upstreams() + 1);
      if (id.first == model::kRoute) status.set_routes(status.routes() + 1);
      if (id.first == model::kClientKey) status.set_keys(status.keys() + 1);
    }
    for (auto& warning : admin_api::ProtectionsOff(*state)) warnings.push_back(std::move(warning));
  }
  FleetCounts fleet = CountFleet(tracker, status.revision());
  status.set_dataplanes_connected(fleet.connected);
  status.set_dataplanes_current(fleet.current);
  status.set_dataplanes_refusing(fleet.refusing);
  status.set_records_stored(usage_service.records_stored());
  for (auto& warning : warnings) status.add_warnings(std::move(warning));
  return status;
}

std::vector<std::string> ControlplaneApp::Parts::NotReady() {
  std::vector<std::string> reasons;
  if (draining) reasons.emplace_back(kStopping);
  if (std::string error = feed.StoreError(); !error.empty()) reasons.push_back(error);
  // Without it no dataplane could be told anything: a wrong sealing key shows here.
  if (auto known = identity.Get(); !known) reasons.push_back(known.error().message);
  return reasons;
}

// With another sealing key than the database's nothing that is stored could be used, and what is
// stored now could not be used later.
Status ControlplaneApp::Parts::Opened() {
  TRY(identity.Get());
  feed.Poke();
  return {};
}

Status ControlplaneApp::Parts::StartServer() {
  TRY_ASSIGN(auto credentials, rpc::MakeServerCredentials({options.tls_cert, options.tls_key}));
  grpc::ServerBuilder server_builder;
  rpc::Configure(server_builder, options.listen, std::move(credentials), {}, &grpc_port);
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &push_service, &usage_service, &upstream_service, &route_service, &level_service,
           &key_service, &access_service, &log_service, &dataplane_service, &audit_service,
           &status_service}) {
    server_builder.RegisterService(service);
  }
  server = server_builder.BuildAndStart();
  if (server == nullptr || grpc_port == 0) {
    return Fail(Unavailable("can't listen on " + options.listen.ToString() +
                            "; is another process listening there?"));
  }
  return {};
}

Status ControlplaneApp::Parts::StartOps() {
  daemon::OpsContent content;
  content.not_ready = [this] { return NotReady(); };
  content.config_json = [this] { return options.ToJson(); };
  content.metrics = {registry, metrics};
  TRY_ASSIGN(ops, daemon::OpsServer::Start(options.ops_listen, std::move(content)));
  return {};
}

Result<std::unique_ptr<ControlplaneApp>> ControlplaneApp::Make(AppOptions options) {
  auto problems = options.Check();
  if (!problems.empty()) return Fail(problems.front());
  TRY_ASSIGN(LocalSecrets secrets, LoadOrCreateSecrets(options));
  auto parts = std::make_unique<Parts>(std::move(options), std::move(secrets));
  return std::unique_ptr<ControlplaneApp>(new ControlplaneApp(std::move(parts)));
}

ControlplaneApp::ControlplaneApp(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ControlplaneApp::~ControlplaneApp() { Stop(); }

Status ControlplaneApp::Start() {
  TRY(parts_->opener.Start());
  parts_->feed.Start();
  parts_->tails.Start();
  TRY(parts_->StartServer());
  TRY(parts_->StartOps());
  TRY_ASSIGN(auto file, daemon::AddressesFile::Write(options().data_dir, {{"grpc", grpc_address()},
                                                                          {"ops", ops_address()}}));
  parts_->addresses_file = std::move(file);
  LogStartupSummary(options(), grpc_address(), ops_address());
  return {};
}

void ControlplaneApp::Drain(std::chrono::milliseconds bound) {
  if (parts_->draining.exchange(true)) return;
  auto deadline = std::chrono::system_clock::now() + bound;
  parts_->addresses_file.reset();
  parts_->tails.Stop(Fail(Unavailable(kStopping)));
  parts_->push_service.Stop(bound);
  if (parts_->server != nullptr) parts_->server->Shutdown(deadline);
}

void ControlplaneApp::Stop() {
  if (std::exchange(parts_->stopped, true)) return;
  Drain(std::chrono::milliseconds(0));
  parts_->ops.reset();
  if (parts_->server != nullptr) parts_->server->Wait();
  parts_->feed.Stop();
  parts_->opener.Stop();
}

std::string ControlplaneApp::grpc_address() const {
  return daemon::HostPort{options().listen.host, static_cast<uint16_t>(parts_->grpc_port)}
      .ToString();
}

std::string ControlplaneApp::ops_address() const {
  return parts_->ops == nullptr ? std::string() : parts_->ops->address().ToString();
}

const AppOptions& ControlplaneApp::options() const { return parts_->options; }

}  // namespace llmgw::controlplane::app
