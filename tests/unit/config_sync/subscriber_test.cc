#include "dataplane/config_sync/subscriber.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "llmgw/config/v1/config_service.grpc.pb.h"
#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

using config::v1::ControlplaneMessage;
using config::v1::DataplaneMessage;
using std::chrono::milliseconds;

constexpr auto kBound = std::chrono::seconds(20);

// A controlplane's config service that sends what the test says and keeps what it hears.
class FakeConfigService final : public config::v1::ConfigService::Service {
 public:
  using Stream_ = grpc::ServerReaderWriter<ControlplaneMessage, DataplaneMessage>;

  grpc::Status Stream(grpc::ServerContext* context, Stream_* stream) override {
    {
      std::lock_guard lock(mutex_);
      stream_ = stream;
      context_ = context;
      changed_.notify_all();
    }
    DataplaneMessage message;
    while (stream->Read(&message)) {
      std::lock_guard lock(mutex_);
      heard_.push_back(message);
      changed_.notify_all();
    }
    std::lock_guard lock(mutex_);
    // The subscriber may have come back before this one ended.
    if (stream_ == stream) {
      stream_ = nullptr;
      context_ = nullptr;
    }
    return grpc::Status::OK;
  }

  // The next message that is no heartbeat; empty when none comes in time.
  std::optional<DataplaneMessage> Next() {
    return NextOf([](const DataplaneMessage& message) { return !message.has_heartbeat(); });
  }
  std::optional<DataplaneMessage> NextHeartbeat() {
    return NextOf([](const DataplaneMessage& message) { return message.has_heartbeat(); });
  }

  void Send(const ControlplaneMessage& message) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, kBound, [&] { return stream_ != nullptr; }));
    stream_->Write(message);
  }
  void Break() {
    std::lock_guard lock(mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }

 private:
  template <typename Wanted>
  std::optional<DataplaneMessage> NextOf(Wanted wanted) {
    std::unique_lock lock(mutex_);
    std::optional<DataplaneMessage> found;
    changed_.wait_for(lock, kBound, [&] {
      for (auto it = heard_.begin(); it != heard_.end(); ++it) {
        if (!wanted(*it)) continue;
        found = *it;
        heard_.erase(it);
        return true;
      }
      return false;
    });
    return found;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Stream_* stream_ = nullptr;
  grpc::ServerContext* context_ = nullptr;
  std::deque<DataplaneMessage> heard_;
};

class SubscriberTest : public testing::Test {
 protected:
  SubscriberTest() { StartServer(0); }
  ~SubscriberTest() override {
    subscriber_.reset();
    StopServer();
  }

  void StartServer(int port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  void StopServer() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  void Subscribe(milliseconds heartbeat = milliseconds(60'000)) {
    SubscriberOptions options;
    options.dataplane_id = "dp-1";
    options.version = "1.2.3";
    options.address = "127.0.0.1:8080";
    options.heartbeat = heartbeat;
    options.health_interval = milliseconds(5);
    options.first_backoff = milliseconds(1);
    options.most_backoff = milliseconds(20);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 20);
    subscriber_ = std::make_unique<Subscriber>(
        options,
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_),
                                  grpc::InsecureChannelCredentials(), arguments),
        applier_, status_, [] { return uint64_t{42}; }, [this] { return Health(); });
  }

  std::vector<model::UpstreamHealth> Health() {
    std::lock_guard lock(health_mutex_);
    return health_;
  }
  void SetHealth(std::vector<model::UpstreamHealth> health) {
    std::lock_guard lock(health_mutex_);
    health_ = std::move(health);
  }

  void ExpectHello(uint64_t revision) {
    const auto message = service_.Next();
    ASSERT_TRUE(message);
    ASSERT_TRUE(message->has_hello()) << message->ShortDebugString();
    EXPECT_EQ(message->hello().revision(), revision);
    EXPECT_EQ(message->hello().dataplane_id(), "dp-1");
    EXPECT_EQ(message->hello().version(), "1.2.3");
    EXPECT_EQ(message->hello().address(), "127.0.0.1:8080");
    EXPECT_GT(message->hello().started_at().seconds(), 0);
  }
  void ExpectAck(const std::string& nonce, uint64_t revision) {
    const auto message = service_.Next();
    ASSERT_TRUE(message);
    ASSERT_TRUE(message->has_ack()) << message->ShortDebugString();
    EXPECT_EQ(message->ack().nonce(), nonce);
    EXPECT_EQ(message->ack().revision(), revision);
  }

  static ControlplaneMessage Update(uint64_t revision, const std::string& nonce,
                                    const config::v1::Snapshot& snapshot) {
    ControlplaneMessage message;
    message.set_revision(revision);
    message.set_nonce(nonce);
    *message.mutable_snapshot() = snapshot;
    return message;
  }
  static config::v1::Snapshot BadSnapshot() {
    auto snapshot = MakeSnapshot();
    snapshot.mutable_resources(0)->mutable_upstream()->set_endpoint("nonsense");
    return snapshot;
  }

  TemporaryFolder folder_;
  FakeConfigService service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  LastGoodFile file_{folder_.File("last-good"), SecretString("token")};
  settings::SettingsHolder holder_;
  ConfigStatus status_;
  ConfigApplier applier_{holder_, status_, &file_, RealClock()};
  std::mutex health_mutex_;
  std::vector<model::UpstreamHealth> health_;
  std::unique_ptr<Subscriber> subscriber_;
};

TEST_F(SubscriberTest, AcknowledgesOnlyWhatEveryWorkerUses) {
  std::atomic<uint64_t> in_use{0};
  holder_.Subscribe([&](const settings::SettingsPtr& settings) { in_use = settings->revision(); });
  Subscribe();
  ExpectHello(0);
  service_.Send(Update(7, "a", MakeSnapshot()));
  ExpectAck("a", 7);
  EXPECT_EQ(in_use, 7u);
  EXPECT_TRUE(status_.Get().connected);
  EXPECT_EQ(status_.Get().source, ConfigSource::kControlplane);

  ControlplaneMessage change;
  change.set_revision(8);
  change.set_nonce("b");
  change.mutable_delta()->set_from_revision(7);
  *change.mutable_delta()->add_upserts() = MakeUpstream("azure", 8);
  service_.Send(change);
  ExpectAck("b", 8);
  EXPECT_EQ(in_use, 8u);
  EXPECT_EQ(holder_.Current()->upstreams().size(), 2u);
}

TEST_F(SubscriberTest, RefusesABadUpdateWithItsFieldAndServesOn) {
  Subscribe();
  ExpectHello(0);
  service_.Send(Update(7, "a", MakeSnapshot()));
  ExpectAck("a", 7);
  service_.Send(Update(8, "b", BadSnapshot()));
  const auto refusal = service_.Next();
  ASSERT_TRUE(refusal);
  ASSERT_TRUE(refusal->has_nack()) << refusal->ShortDebugString();
  EXPECT_EQ(refusal->nack().nonce(), "b");
  EXPECT_EQ(refusal->nack().revision(), 8u);
  EXPECT_EQ(refusal->nack().field(), "upstreams[openai].endpoint");
  EXPECT_NE(refusal->nack().reason(), "");
  EXPECT_EQ(holder_.Current()->revision(), 7u);
  service_.Send(Update(9, "c", MakeSnapshot()));
  ExpectAck("c", 9);
}

TEST_F(SubscriberTest, RefusesADeltaThatDoesNotFollow) {
  Subscribe();
  ExpectHello(0);
  ControlplaneMessage change;
  change.set_revision(8);
  change.set_nonce("b");
  change.mutable_delta()->set_from_revision(7);
  service_.Send(change);
  const auto refusal = service_.Next();
  ASSERT_TRUE(refusal && refusal->has_nack());
  EXPECT_EQ(holder_.Current(), nullptr);
}

TEST_F(SubscriberTest, TakesASnapshotOfALowerRevision) {
  Subscribe();
  ExpectHello(0);
  service_.Send(Update(50, "a", MakeSnapshot()));
  ExpectAck("a", 50);
  service_.Send(Update(40, "b", MakeSnapshot()));  // its database was restored from a backup
  ExpectAck("b", 40);
  EXPECT_EQ(holder_.Current()->revision(), 40u);
  const auto kept = file_.Load();
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->revision(), 40u);
}

TEST_F(SubscriberTest, ReconnectsAndSaysWhatItHas) {
  Subscribe();
  ExpectHello(0);
  service_.Send(Update(7, "a", MakeSnapshot()));
  ExpectAck("a", 7);
  service_.Break();
  ExpectHello(7);
  service_.Send(Update(8, "b", MakeSnapshot()));
  ExpectAck("b", 8);
}

TEST_F(SubscriberTest, ConnectsWhenTheControlplaneComesLater) {
  const int port = port_;
  StopServer();
  port_ = port;
  ASSERT_TRUE(file_.Save(ConfigState::FromSnapshot(7, MakeSnapshot())));
  applier_.StartFromLastGood();
  Subscribe();
  EXPECT_EQ(holder_.Current()->revision(), 7u);
  EXPECT_FALSE(status_.Get().connected);
  StartServer(port);
  ExpectHello(7);
}

TEST_F(SubscriberTest, SendsHeartbeats) {
  Subscribe(milliseconds(5));
  ExpectHello(0);
  service_.Send(Update(7, "a", MakeSnapshot()));
  ExpectAck("a", 7);
  for (int i = 0; i < 50; ++i) {
    const auto heartbeat = service_.NextHeartbeat();
    ASSERT_TRUE(heartbeat);
    EXPECT_EQ(heartbeat->heartbeat().requests_in_flight(), 42u);
    if (heartbeat->heartbeat().revision() == 7) return;
  }
  FAIL() << "no heartbeat names the revision in force";
}

TEST_F(SubscriberTest, KeepsTheConfigurationForARestart) {
  Subscribe();
  ExpectHello(0);
  service_.Send(Update(7, "a", MakeSnapshot()));
  ExpectAck("a", 7);
  subscriber_->Stop();
  const auto loaded = file_.Load();
  ASSERT_TRUE(loaded && *loaded);
  EXPECT_EQ((*loaded)->revision(), 7u);
}

TEST_F(SubscriberTest, StopsAtOnceWhileTheControlplaneIsAway) {
  StopServer();
  Subscribe();
  subscriber_->Stop();
  subscriber_->Stop();
}

TEST_F(SubscriberTest, TellsWhatIsLeftAloneAfterEachChangeAndAgainOnANewStream) {
  Subscribe();
  ExpectHello(0);
  model::UpstreamHealth ejected;
  ejected.upstream = "up";
  ejected.model = "m";
  ejected.since = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'500));
  ejected.until = std::chrono::system_clock::time_point(std::chrono::seconds(9));
  ejected.ejections = 2;
  ejected.cause = "status 503";
  SetHealth({ejected});
  auto message = service_.Next();
  ASSERT_TRUE(message && message->has_health());
  ASSERT_EQ(message->health().upstreams_size(), 1);
  const auto& told = message->health().upstreams(0);
  EXPECT_EQ(told.upstream(), "up");
  EXPECT_EQ(told.model(), "m");
  EXPECT_EQ(told.state(), "ejected");
  EXPECT_EQ(told.since().seconds(), 1);
  EXPECT_EQ(told.since().nanos(), 500'000'000);
  EXPECT_EQ(told.until().seconds(), 9);
  EXPECT_EQ(told.ejections(), 2U);
  EXPECT_EQ(told.cause(), "status 503");

  const int port = port_;
  StopServer();
  StartServer(port);
  ExpectHello(0);
  message = service_.Next();
  ASSERT_TRUE(message && message->has_health());
  EXPECT_EQ(message->health().upstreams_size(), 1);

  SetHealth({});
  message = service_.Next();
  ASSERT_TRUE(message && message->has_health());
  EXPECT_EQ(message->health().upstreams_size(), 0);
}

}  // namespace
}  // namespace llmgw::config_sync
