#include <gmock/gmock.h>

#include <future>

#include "tests/integration/controlplane/controlplane_fixture.h"
#include "tests/integration/controlplane/test_dataplane.h"

namespace llmgw::controlplane {
namespace {

using testing::HasSubstr;
using Dataplanes = admin::v1::DataplaneService::Stub;

class ConfigStreamTest : public ControlplaneFixture {
 protected:
  std::unique_ptr<TestDataplane> Connect(const std::string& id) {
    return std::make_unique<TestDataplane>(Channel(DataplaneToken()), id);
  }
  Result<admin::v1::WaitForRolloutResponse> WaitForRollout(uint64_t revision, int seconds) {
    admin::v1::WaitForRolloutRequest request;
    request.set_revision(revision);
    request.mutable_timeout()->set_seconds(seconds);
    return Call(*dataplanes_, &Dataplanes::WaitForRollout, request);
  }
  Result<admin::v1::Dataplane> GetDataplane(const std::string& id) {
    admin::v1::GetDataplaneRequest request;
    request.set_id(id);
    return Call(*dataplanes_, &Dataplanes::GetDataplane, request);
  }
  bool BecomesTrue(const std::string& id,
                   const std::function<bool(const admin::v1::Dataplane&)>& condition) {
    return test::WaitFor([&] {
      auto dataplane = GetDataplane(id);
      return dataplane && condition(*dataplane);
    });
  }
};

TEST_F(ConfigStreamTest, SnapshotFirstThenDeltas) {
  ASSERT_TRUE(CreateUpstream("openai", "sk-0123456789-secret"));
  auto dataplane = Connect("dp-1");
  auto first = dataplane->Read().value();
  ASSERT_TRUE(first.has_snapshot());
  EXPECT_EQ(first.revision(), 2u);
  EXPECT_FALSE(first.snapshot().store_id().empty());
  EXPECT_EQ(first.snapshot().client_key_hash_key().size(), 32u);
  ASSERT_EQ(first.snapshot().resources_size(), 2);
  EXPECT_EQ(first.snapshot().resources(1).upstream().credentials(0).secret(),
            "sk-0123456789-secret");
  dataplane->Ack(first);

  auto key = CreateKey("app").value();
  auto second = dataplane->Read().value();
  ASSERT_TRUE(second.has_delta());
  EXPECT_EQ(second.delta().from_revision(), 2u);
  EXPECT_EQ(second.revision(), 3u);
  EXPECT_NE(second.nonce(), first.nonce());
  ASSERT_EQ(second.delta().upserts_size(), 1);
  EXPECT_EQ(second.delta().upserts(0).client_key().hash().size(), 32u);
  EXPECT_EQ(second.delta().upserts(0).client_key().id(), key.entry().key().id());
  dataplane->Ack(second);

  admin::v1::DeleteKeyRequest remove;
  remove.set_id_or_name("app");
  ASSERT_TRUE(Call(*keys_, &admin::v1::KeyService::Stub::DeleteKey, remove));
  auto third = dataplane->Read().value();
  ASSERT_EQ(third.delta().removals_size(), 1);
  EXPECT_EQ(third.delta().removals(0).kind(), "client_key");
}

TEST_F(ConfigStreamTest, ChangesDuringAnUpdateAreFolded) {
  auto dataplane = Connect("dp-1");
  auto first = dataplane->Read().value();
  ASSERT_TRUE(CreateKey("a"));
  ASSERT_TRUE(CreateKey("b"));
  dataplane->Ack(first);
  auto second = dataplane->Read().value();
  EXPECT_EQ(second.revision(), 3u);
  EXPECT_EQ(second.delta().upserts_size(), 2);
}

TEST_F(ConfigStreamTest, RefusalIsFollowedByASnapshotAndShown) {
  auto dataplane = Connect("dp-1");
  dataplane->Ack(dataplane->Read().value());
  ASSERT_TRUE(CreateKey("a"));
  auto delta = dataplane->Read().value();
  ASSERT_TRUE(delta.has_delta());
  dataplane->Nack(delta, "no");
  auto again = dataplane->Read().value();
  ASSERT_TRUE(again.has_snapshot());
  EXPECT_EQ(again.revision(), 2u);
  dataplane->Nack(again, "still no");

  auto rollout = WaitForRollout(2, 20).value();
  EXPECT_FALSE(rollout.complete());
  ASSERT_EQ(rollout.lagging_size(), 1);
  EXPECT_EQ(rollout.lagging(0).nack_reason(), "still no");
  EXPECT_EQ(rollout.lagging(0).nack_field(), "upstreams[a].endpoint");
  EXPECT_EQ(rollout.lagging(0).acked_revision(), 1u);
  EXPECT_EQ(GetStatus()->dataplanes_refusing(), 1u);

  ASSERT_TRUE(CreateKey("b"));
  auto next = dataplane->Read().value();
  EXPECT_TRUE(next.has_snapshot());
  dataplane->Ack(next);
  EXPECT_TRUE(WaitForRollout(3, 20)->complete());
  EXPECT_EQ(GetDataplane("dp-1")->nacked_revision(), 0u);
}

TEST_F(ConfigStreamTest, RolloutWaitEndsWithTheLastAcknowledgement) {
  auto dataplane = Connect("dp-1");
  auto update = dataplane->Read().value();
  auto waiting = std::async(std::launch::async, [&] { return WaitForRollout(1, 20); });
  dataplane->Ack(update);
  auto rollout = waiting.get().value();
  EXPECT_TRUE(rollout.complete());
  EXPECT_EQ(rollout.connected(), 1u);
  EXPECT_EQ(rollout.lagging_size(), 0);
}

TEST_F(ConfigStreamTest, RolloutWaitOfASlowOneEndsWithItsBound) {
  auto dataplane = Connect("slow");
  ASSERT_TRUE(dataplane->Read());
  auto rollout = WaitForRollout(1, 0).value();
  EXPECT_FALSE(rollout.complete());
  EXPECT_EQ(rollout.lagging(0).id(), "slow");
}

TEST_F(ConfigStreamTest, FleetIsListedWithWhatItSays) {
  auto dataplane = Connect("dp-1");
  dataplane->Ack(dataplane->Read().value());
  dataplane->Heartbeat(7);
  EXPECT_TRUE(BecomesTrue("dp-1", [](const auto& seen) { return seen.requests_in_flight() == 7; }));
  auto seen = GetDataplane("dp-1").value();
  EXPECT_EQ(seen.version(), "9.9");
  EXPECT_EQ(seen.address(), "0.0.0.0:8080");
  EXPECT_THAT(seen.peer(), HasSubstr("127.0.0.1:"));
  EXPECT_TRUE(seen.connected());
  EXPECT_EQ(seen.acked_revision(), 1u);
  EXPECT_TRUE(dataplane->Leave().ok());
  EXPECT_TRUE(BecomesTrue("dp-1", [](const auto& left) { return !left.connected(); }));
  EXPECT_EQ(GetDataplane("dp-2").error().kind, ErrorKind::kNotFound);
}

TEST_F(ConfigStreamTest, StreamsThatBreakTheProtocolAreEnded) {
  auto dataplane = Connect("dp-1");
  auto update = dataplane->Read().value();
  update.set_nonce("other");
  dataplane->Ack(update);
  EXPECT_EQ(dataplane->AwaitEnd().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  auto nameless = Connect("");
  EXPECT_EQ(nameless->AwaitEnd().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ConfigStreamTest, WrongTokensAreRefused) {
  TestDataplane wrong(Channel("wrong-token-0123456789"), "dp-1");
  EXPECT_EQ(wrong.AwaitEnd().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  TestDataplane admin(Channel(AdminToken()), "dp-1");
  EXPECT_EQ(admin.AwaitEnd().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(ConfigStreamTest, ChangesOfAnotherControlplaneArrive) {
  auto dataplane = Connect("dp-1");
  dataplane->Ack(dataplane->Read().value());
  auto options = Options();
  auto other = app::ControlplaneApp::Make(options).value();
  ASSERT_TRUE(other->Start());
  rpc::ChannelOptions channel;
  channel.address = other->grpc_address();
  channel.token = SecretString(AdminToken());
  auto keys = admin::v1::KeyService::NewStub(rpc::MakeChannel(channel).value());
  admin::v1::CreateKeyRequest request;
  request.mutable_key()->set_name("from-the-other");
  ASSERT_TRUE(Call(*keys, &admin::v1::KeyService::Stub::CreateKey, request));
  auto update = dataplane->Read();
  ASSERT_TRUE(update);
  EXPECT_EQ(update->delta().upserts(0).client_key().name(), "from-the-other");
}

TEST_F(ConfigStreamTest, DrainEndsStreamsWithUnavailable) {
  auto dataplane = Connect("dp-1");
  ASSERT_TRUE(dataplane->Read());
  app_->Drain();
  EXPECT_EQ(dataplane->AwaitEnd().error_code(), grpc::StatusCode::UNAVAILABLE);
  app_->Stop();
  app_->Stop();
}

TEST_F(ConfigStreamTest, ManyDataplanesAreServedWithoutAThreadEach) {
  std::vector<std::unique_ptr<TestDataplane>> fleet;
  for (int i = 0; i < 100; ++i) fleet.push_back(Connect("dp-" + std::to_string(i)));
  for (auto& dataplane : fleet) dataplane->Ack(dataplane->Read().value());
  ASSERT_TRUE(CreateKey("app"));
  for (auto& dataplane : fleet) dataplane->Ack(dataplane->Read().value());
  auto rollout = WaitForRollout(2, 20).value();
  EXPECT_TRUE(rollout.complete());
  EXPECT_EQ(rollout.connected(), 100u);
}

}  // namespace
}  // namespace llmgw::controlplane
