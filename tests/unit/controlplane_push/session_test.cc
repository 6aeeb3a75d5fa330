#include "controlplane/push/session.h"

#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::push {
namespace {

class SessionTest : public ConfigFixture {
 protected:
  // What is sent now; nullopt for nothing.
  std::optional<Update> Next() { return session.Next().value(); }
  Answer Ack(const Update& update) {
    config::v1::Ack ack;
    ack.set_nonce(update.nonce);
    ack.set_revision(update.revision);
    return session.OnAck(ack).value();
  }
  Answer Nack(const Update& update) {
    config::v1::Nack nack;
    nack.set_nonce(update.nonce);
    nack.set_revision(update.revision);
    return session.OnNack(nack).value();
  }
  void Change() {
    PutRoute("r", "/v" + std::to_string(++changes_));
    Publish();
  }
  config::v1::ControlplaneMessage Decoded(const Update& update) {
    config::v1::ControlplaneMessage message;
    EXPECT_TRUE(message.ParseFromString(*update.payload));
    return message;
  }

  Session session{publisher};

 private:
  int changes_ = 0;
};

TEST_F(SessionTest, WaitsForTheFirstState) {
  EXPECT_FALSE(Next());
  Publish();
  auto first = Next();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->full);
  EXPECT_EQ(first->revision, 0u);
}

TEST_F(SessionTest, SendsASnapshotThenDeltas) {
  Change();
  auto first = Next();
  EXPECT_TRUE(first->full);
  EXPECT_TRUE(Ack(*first).accepted);
  EXPECT_FALSE(Next());
  Change();
  auto second = Next();
  EXPECT_FALSE(second->full);
  EXPECT_NE(second->nonce, first->nonce);
  EXPECT_EQ(Decoded(*second).delta().from_revision(), 1u);
}

TEST_F(SessionTest, HasOneUpdateInFlightAndFoldsWhatComesMeanwhile) {
  Change();
  auto first = Next();
  Change();
  Change();
  EXPECT_FALSE(Next());
  Ack(*first);
  auto second = Next();
  EXPECT_EQ(second->revision, 3u);
  EXPECT_EQ(Decoded(*second).delta().from_revision(), 1u);
}

TEST_F(SessionTest, RefusedDeltaIsFollowedByASnapshot) {
  Change();
  Ack(*Next());
  Change();
  Answer answer = Nack(*Next());
  EXPECT_FALSE(answer.accepted);
  EXPECT_FALSE(answer.last_word);
  auto again = Next();
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->full);
  EXPECT_EQ(again->revision, 2u);
  Ack(*again);
  Change();
  EXPECT_FALSE(Next()->full);
}

TEST_F(SessionTest, RefusedSnapshotIsNotSentAgainButTheNextRevisionIs) {
  Change();
  EXPECT_TRUE(Nack(*Next()).last_word);
  EXPECT_FALSE(Next());
  Change();
  auto next = Next();
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->full);
  EXPECT_EQ(next->revision, 2u);
}

TEST_F(SessionTest, ASetBackStoreIsSentWhole) {
  Change();
  auto backup = State();
  Ack(*Next());
  Change();
  Change();
  auto late = Next();
  store.SetBackTo(*backup);
  Publish();
  EXPECT_EQ(Ack(*late).epoch, 0u);
  auto update = Next();
  ASSERT_TRUE(update);
  EXPECT_TRUE(update->full);
  EXPECT_EQ(update->revision, 1u);
  EXPECT_TRUE(Decoded(*update).has_snapshot());
  Answer answer = Ack(*update);
  EXPECT_EQ(answer.epoch, 1u);
  EXPECT_TRUE(answer.last_word);
  EXPECT_FALSE(Next());
  Change();
  auto next = Next();
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->full);
  EXPECT_EQ(Decoded(*next).delta().from_revision(), 1u);
}

TEST_F(SessionTest, AnswersToNothingAreRefused) {
  Change();
  config::v1::Ack ack;
  ack.set_nonce("1");
  ack.set_revision(1);
  EXPECT_FALSE(session.OnAck(ack));
  auto update = Next();
  ack.set_revision(7);
  EXPECT_FALSE(session.OnAck(ack));
  ack.set_revision(1);
  ack.set_nonce("other");
  EXPECT_FALSE(session.OnAck(ack));
  EXPECT_TRUE(Ack(*update).accepted);
}

TEST_F(SessionTest, BuilderErrorsLeaveNothingInFlight) {
  Change();
  store.GoAway();
  EXPECT_FALSE(session.Next());
  store.Return();
  EXPECT_TRUE(Next());
}

}  // namespace
}  // namespace llmgw::controlplane::push
