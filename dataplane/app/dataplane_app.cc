#include "dataplane/app/dataplane_app.h"

#include <grpcpp/channel.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include "common/crypto/private_file.h"
#include "common/daemon/addresses_file.h"
#include "common/daemon/ops_server.h"
#include "common/observe/process_metrics.h"
#include "common/rpc/channel.h"
#include "dataplane/app/certificate_watcher.h"
#include "dataplane/app/config_view.h"
#include "dataplane/app/dataplane_metrics.h"
#include "dataplane/app/health_metrics.h"
#include "dataplane/app/instance.h"
#include "dataplane/app/load_metrics.h"
#include "dataplane/app/tls_metrics.h"
#include "dataplane/config_sync/config_applier.h"
#include "dataplane/config_sync/snapshot_file.h"
#include "dataplane/config_sync/subscriber.h"
#include "dataplane/record/reporter/record_proto.h"
#include "dataplane/record/reporter/reporter.h"
#include "dataplane/record/request_metrics.h"
#include "dataplane/record/worker_recorder.h"

namespace llmgw::app {
namespace {

constexpr uint64_t kFewOpenFiles = 16'384;

Error Named(const char* option, Error error) {
  error.field = option;
  return error;
}

Result<SecretString> ReadToken(const std::string& path) {
  auto read = crypto::ReadPrivateFile(path);
  if (!read) return Fail(Named("token-file", std::move(read.error())));
  std::string token = read->Reveal();
  token.erase(0, std::min(token.find_first_not_of(" \t\r\n"), token.size()));
  token.erase(token.find_last_not_of(" \t\r\n") + 1);
  if (token.empty()) return Fail(InvalidArgument("token-file", path + " is empty"));
  return SecretString(std::move(token));
}

// The option behind a member of rpc::ChannelOptions.
const char* OptionOf(const std::string& channel_field) {
  if (channel_field == "ca_file") return "controlplane-ca";
  if (channel_field == "server_name") return "controlplane-server-name";
  return "controlplane";
}

}  // namespace

// The parts in the order of their construction; each may use those above it.
class DataplaneApp::Parts {
 public:
  explicit Parts(DataplaneOptions options) : options_(std::move(options)) {}
  ~Parts() { Stop(); }

  Status Start();
  void Drain();
  void Stop();
  const Identity& identity() const { return identity_; }

 private:
  void RaiseOpenFiles();
  Status OpenFolder();
  Status ConnectControlplane();
  Status LoadConfig();
  void StartReporter();
  Status LoadCertificates();
  Status StartGateway();
  Status StartOps();
  void StartSubscriber();
  Status WriteAddresses();
  void Summarise();
  void WarnOfOpenDoors(const settings::RuntimeSettings* settings);
  std::unique_ptr<record::Recorder> MakeRecorder();
  std::vector<std::string> NotReady() const;

  // What Stop() does, named, last first.
  void AtStop(const char* what, std::function<void()> undo) {
    teardown_.emplace_back(what, std::move(undo));
  }

  const DataplaneOptions options_;
  Identity identity_;
  std::vector<std::pair<const char*, std::function<void()>>> teardown_;
  std::atomic<bool> draining_{false};
  uint64_t open_files_ = 0;  // allowed

  std::unique_ptr<DataFolder> folder_;
  SecretString token_;
  std::shared_ptr<grpc::Channel> channel_;  // null without a controlplane

  settings::SettingsHolder holder_;
  config_sync::ConfigStatus status_;
  std::unique_ptr<config_sync::LastGoodFile> last_good_;  // null without a controlplane
  std::unique_ptr<config_sync::ConfigApplier> applier_;
  std::vector<std::string> said_open_doors_;  // publishing thread only

  std::shared_ptr<record::RequestMetrics> request_metrics_ =
      std::make_shared<record::RequestMetrics>();
  record::RecordOutbox outbox_;
  std::unique_ptr<record::Reporter> reporter_;        // null without a controlplane
  std::unique_ptr<CertificateWatcher> certificates_;  // null: clients speak plain HTTP
  std::unique_ptr<accept::Gateway> gateway_;
  std::unique_ptr<daemon::OpsServer> ops_;
  std::unique_ptr<config_sync::Subscriber> subscriber_;
  std::unique_ptr<daemon::AddressesFile> addresses_;
};

Status DataplaneApp::Parts::Start() {
  RaiseOpenFiles();
  TRY(OpenFolder());
  TRY(ConnectControlplane());
  TRY(LoadConfig());  // before the gateway, which then serves from its first request on
  TRY(LoadCertificates());
  StartReporter();  // before the gateway, whose workers leave records with it
  TRY(StartGateway());
  TRY(StartOps());        // after the gateway: ready means listening
  Summarise();            // before updates come, whose warnings go on from there
  StartSubscriber();      // after the gateway: it tells the controlplane where clients connect
  TRY(WriteAddresses());  // last: who finds the file may connect
  return {};
}

void DataplaneApp::Parts::RaiseOpenFiles() {
  open_files_ = RaiseOpenFileLimit();
  if (open_files_ >= kFewOpenFiles) return;
  spdlog::warn(
      "at most {} files may be open, two per stream: raise the limit (ulimit -Hn, "
      "LimitNOFILE=)",
      open_files_);
}

Status DataplaneApp::Parts::OpenFolder() {
  TRY_ASSIGN(DataFolder folder, DataFolder::Open(options_.data_dir));
  folder_ = std::make_unique<DataFolder>(std::move(folder));
  identity_.version = Version();
  TRY_ASSIGN(identity_.id, InstanceId(*folder_, options_.id));
  const std::string temp_dir = ToGatewayOptions(options_).body_limits.temp_dir;
  std::error_code failure;
  std::filesystem::create_directories(temp_dir, failure);
  if (failure) {
    return Fail(InvalidArgument("temp-dir", "can't make " + temp_dir + ": " + failure.message()));
  }
  return {};
}

Status DataplaneApp::Parts::ConnectControlplane() {
  if (options_.controlplane.empty()) return {};
  TRY_ASSIGN(token_, ReadToken(options_.token_file));
  const bool tls = options_.controlplane_tls || !options_.controlplane_ca.empty();
  auto channel =
      rpc::MakeChannel({.address = options_.controlplane,
                        .transport = tls ? rpc::Transport::kTls : rpc::Transport::kPlaintext,
                        .ca_file = options_.controlplane_ca,
                        .server_name = options_.controlplane_server_name,
                        .token = token_,
                        .allow_insecure_plaintext = options_.controlplane_insecure});
  if (!channel) {
    const char* option = OptionOf(channel.error().field);
    return Fail(Named(option, std::move(channel.error())));
  }
  channel_ = std::move(*channel);
  return {};
}

Status DataplaneApp::Parts::LoadConfig() {
  if (channel_ != nullptr) {
    last_good_ =
        std::make_unique<config_sync::LastGoodFile>(folder_->File("last-good.sealed"), token_);
  }
  applier_ =
      std::make_unique<config_sync::ConfigApplier>(holder_, status_, last_good_.get(), RealClock());
  if (options_.snapshot.empty()) {
    applier_->StartFromLastGood();
    return {};
  }
  config_sync::SnapshotFile file = config_sync::LoadSnapshotFile(options_.snapshot);
  if (!file.errors.empty()) return Fail(Named("snapshot", file.errors.front()));
  auto taken = applier_->Take(std::move(file.state), config_sync::ConfigSource::kSnapshotFile);
  if (!taken) return Fail(InvalidArgument("snapshot", taken.error().Describe()));
  return {};
}

void DataplaneApp::Parts::StartReporter() {
  if (channel_ == nullptr) return;
  record::ReporterOptions reporter;
  reporter.dataplane_id = identity_.id;
  reporter_ = std::make_unique<record::Reporter>(
      std::move(reporter), channel_, outbox_,
      std::make_unique<record::MemoryRecordQueue>(record::MemoryRecordQueue::Limits{
          .records = options_.log_queue_records, .bytes = options_.log_queue_bytes}));
  AtStop("deliver request logs", [this] { reporter_->Stop(options_.report_grace); });
}

std::unique_ptr<record::Recorder> DataplaneApp::Parts::MakeRecorder() {
  record::WorkerMetrics& metrics = request_metrics_->AddWorker();
  if (reporter_ == nullptr) return std::make_unique<record::WorkerRecorder>(metrics);
  return std::make_unique<record::WorkerRecorder>(
      metrics, outbox_.AddBox(), std::make_unique<record::ProtoRecordEncoder>(identity_.id));
}

Status DataplaneApp::Parts::LoadCertificates() {
  if (!options_.tls.enabled()) return {};
  TRY_ASSIGN(certificates_, CertificateWatcher::Load(options_.tls.Files()));
  return {};
}

Status DataplaneApp::Parts::StartGateway() {
  accept::GatewayOptions gateway = ToGatewayOptions(options_);
  if (certificates_ != nullptr) gateway.tls = certificates_->current();
  TRY_ASSIGN(gateway_, accept::Gateway::Start(std::move(gateway), holder_.Current(),
                                              [this](unsigned) { return MakeRecorder(); }));
  identity_.http_address = gateway_->address();
  // The workers' last records are handed over when the gateway goes.
  AtStop("stop the gateway", [this] {
    gateway_->Stop();
    gateway_.reset();
  });
  holder_.Subscribe(
      [this](settings::SettingsPtr settings) { gateway_->Apply(std::move(settings)); });
  if (certificates_ == nullptr) return {};
  certificates_->Watch(
      [this](CertificateWatcher::Context tls) { gateway_->UseTls(std::move(tls)); });
  AtStop("stop watching certificates", [this] { certificates_->Stop(); });
  return {};
}

Status DataplaneApp::Parts::StartOps() {
  daemon::OpsContent content;
  content.not_ready = [this] { return NotReady(); };
  content.config_json = [this] {
    return ConfigJson(options_, identity_, status_.Get(), holder_.Current().get(),
                      gateway_->health());
  };
  content.metrics = {
      request_metrics_, std::make_shared<LoadMetrics>(*gateway_),
      std::make_shared<HealthMetrics>(*gateway_, holder_),
      std::make_shared<DataplaneMetrics>(status_, holder_, reporter_.get(), RealClock()),
      std::make_shared<observe::ProcessMetrics>("llmgw-dataplane", identity_.version)};
  if (certificates_ != nullptr) {
    content.metrics.push_back(
        std::make_shared<TlsMetrics>(*certificates_, options_.gateway.tls_handshakes));
  }
  auto ops = daemon::OpsServer::Start(options_.ops_listen, std::move(content));
  if (!ops) return Fail(Named("ops-listen", std::move(ops.error())));
  ops_ = std::move(*ops);
  identity_.ops_address = ops_->address().ToString();
  AtStop("stop the ops endpoints", [this] { ops_.reset(); });
  return {};
}

void DataplaneApp::Parts::StartSubscriber() {
  if (channel_ == nullptr) return;
  config_sync::SubscriberOptions subscriber;
  subscriber.dataplane_id = identity_.id;
  subscriber.version = identity_.version;
  subscriber.address = identity_.http_address;
  subscriber_ = std::make_unique<config_sync::Subscriber>(
      std::move(subscriber), channel_, *applier_, status_,
      [metrics = request_metrics_] { return metrics->requests_in_flight(); },
      [this] { return gateway_->health(); });
  AtStop("leave the controlplane", [this] { subscriber_->Stop(); });
}

Status DataplaneApp::Parts::WriteAddresses() {
  TRY_ASSIGN(daemon::AddressesFile file,
             daemon::AddressesFile::Write(options_.data_dir, {{"http", identity_.http_address},
                                                              {"ops", identity_.ops_address}}));
  addresses_ = std::make_unique<daemon::AddressesFile>(std::move(file));
  AtStop("remove addresses.json", [this] { addresses_.reset(); });
  return {};
}

std::vector<std::string> DataplaneApp::Parts::NotReady() const {
  std::vector<std::string> reasons;
  if (draining_) reasons.emplace_back("draining");
  if (holder_.Current() == nullptr) {
    reasons.push_back("no configuration yet: waiting for the controlplane at " +
                      options_.controlplane);
  }
  return reasons;
}

void DataplaneApp::Parts::Summarise() {
  const settings::SettingsPtr settings = holder_.Current();
  spdlog::info("dataplane {} (version {}) listens on {}://{}, ops endpoints on http://{}",
               identity_.id, identity_.version, options_.tls.enabled() ? "https" : "http",
               identity_.http_address, identity_.ops_address);
  spdlog::info("{} files may be open, at most {} of them client connections", open_files_,
               gateway_->load().connections.limit);
  spdlog::info("state is in {}, bodies of requests in {}", options_.data_dir,
               ToGatewayOptions(options_).body_limits.temp_dir);
  if (settings == nullptr) {
    spdlog::warn(
        "no configuration yet: requests are answered 503 until the controlplane at {} "
        "sends one",
        options_.controlplane);
  } else {
    spdlog::info("serving with configuration revision {} from {}: {} upstreams, {} routes, {} keys",
                 settings->revision(), config_sync::ToString(status_.Get().source),
                 settings->upstreams().size(), settings->routes().size(), settings->key_count());
    if (settings->key_count() == 0) spdlog::warn("there is no client key yet");
  }
  WarnOfOpenDoors(settings.get());
  holder_.Subscribe([this](const settings::SettingsPtr& next) { WarnOfOpenDoors(next.get()); });
}

void DataplaneApp::Parts::WarnOfOpenDoors(const settings::RuntimeSettings* settings) {
  std::vector<std::string> open = OpenDoors(options_, settings);
  if (open == said_open_doors_) return;
  for (const std::string& door : open) spdlog::warn("not protected: {}", door);
  said_open_doors_ = std::move(open);
}

void DataplaneApp::Parts::Drain() {
  if (draining_.exchange(true) || gateway_ == nullptr) return;
  spdlog::info("draining: {} requests may take up to {} s to end", gateway_->requests_in_flight(),
               std::chrono::duration_cast<std::chrono::seconds>(options_.drain_timeout).count());
  // A change made from now on would find no new request to serve: nobody should wait for us to take
  // it.
  if (subscriber_ != nullptr) subscriber_->Stop();
  gateway_->Drain(options_.drain_timeout);
}

void DataplaneApp::Parts::Stop() {
  draining_ = true;
  while (!teardown_.empty()) {
    auto [what, undo] = std::move(teardown_.back());
    teardown_.pop_back();
    spdlog::debug("stopping: {}", what);
    undo();
  }
}

const char* Version() { return LLMGW_VERSION; }

DataplaneApp::DataplaneApp(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DataplaneApp::~DataplaneApp() = default;

Result<std::unique_ptr<DataplaneApp>> DataplaneApp::Start(DataplaneOptions options) {
  auto parts = std::make_unique<Parts>(std::move(options));
  TRY(parts->Start());
  return std::unique_ptr<DataplaneApp>(new DataplaneApp(std::move(parts)));
}

void DataplaneApp::Drain() { parts_->Drain(); }
void DataplaneApp::Stop() { parts_->Stop(); }
const std::string& DataplaneApp::http_address() const { return parts_->identity().http_address; }
const std::string& DataplaneApp::ops_address() const { return parts_->identity().ops_address; }

}  // namespace llmgw::app
