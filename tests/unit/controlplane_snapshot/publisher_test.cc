#include "controlplane/snapshot/publisher.h"

#include "llmgw/config/v1/config_service.pb.h"
#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::snapshot {
namespace {

using PublisherTest = ConfigFixture;

config::v1::ControlplaneMessage Decoded(const Payload& payload) {
  config::v1::ControlplaneMessage message;
  EXPECT_TRUE(message.ParseFromString(*payload.bytes));
  return message;
}

TEST_F(PublisherTest, HasNothingBeforeTheFirstState) {
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_EQ(publisher.Full().error().kind, ErrorKind::kUnavailable);
}

TEST_F(PublisherTest, TellsListenersOfNewerStatesOnly) {
  int told = 0;
  publisher.AddListener([&] { ++told; });
  auto old_state = State();
  PutRoute("r", "/v1");
  Publish();
  Publish();
  publisher.Publish(old_state);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(publisher.Current()->revision, 1u);
}

TEST_F(PublisherTest, FollowsASetBackStoreAndNeverReturns) {
  std::vector<uint64_t> told;
  publisher.AddListener([&] { told.push_back(publisher.Current()->revision); });
  PutRoute("r", "/v1");
  auto backup = State();
  PutRoute("s", "/s");
  Publish();
  auto lost = State();
  store.SetBackTo(*backup);
  Publish();
  publisher.Publish(lost);  // of a thread that was slow
  publisher.Publish(backup);
  EXPECT_EQ(told, (std::vector<uint64_t>{2, 1}));
  PutRoute("t", "/t");
  Publish();
  EXPECT_EQ(publisher.Current()->revision, 2u);
  EXPECT_NE(publisher.Current()->Find(model::kRoute, "t"), nullptr);
}

TEST_F(PublisherTest, HasNoDeltaFromAnotherEpoch) {
  PutRoute("r", "/v1");
  auto backup = State();
  PutRoute("s", "/before");
  auto from = State();
  store.SetBackTo(*backup);
  PutRoute("s", "/after");  // at the same revision as before
  Publish();
  auto payload = publisher.Delta(*from).value();
  EXPECT_TRUE(payload.full);
  EXPECT_EQ(payload.bytes, publisher.Full().value().bytes);
  EXPECT_EQ(Decoded(payload).snapshot().resources(1).route().prefix(), "/after");
}

TEST_F(PublisherTest, SharesOneEncodedPayloadPerRevision) {
  PutRoute("r", "/v1");
  auto from = State();
  PutRoute("s", "/s");
  Publish();
  auto full = publisher.Full().value();
  EXPECT_EQ(full.bytes, publisher.Full().value().bytes);
  EXPECT_EQ(Decoded(full).snapshot().resources_size(), 2);
  auto delta = publisher.Delta(*from).value();
  EXPECT_EQ(delta.bytes, publisher.Delta(*from).value().bytes);
  EXPECT_EQ(Decoded(delta).delta().upserts_size(), 1);
  PutRoute("t", "/t");
  Publish();
  EXPECT_NE(full.bytes, publisher.Full().value().bytes);
  EXPECT_EQ(Decoded(publisher.Delta(*from).value()).delta().upserts_size(), 2);
}

}  // namespace
}  // namespace llmgw::controlplane::snapshot
