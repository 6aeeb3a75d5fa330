#include "controlplane/push/rollout_tracker.h"

#include <gmock/gmock.h>

namespace llmgw::controlplane::push {
namespace {

using std::chrono::hours;

class ManualClock final : public Clock {
 public:
  MonotonicTime Monotonic() const override { return MonotonicTime() + now_; }
  WallTime Wall() const override { return WallTime() + now_; }
  void Advance(hours by) { now_ += by; }

 private:
  std::chrono::seconds now_{1'000'000};
};

class RolloutTrackerTest : public testing::Test {
 protected:
  RolloutTracker::Connection Connect(const std::string& id) {
    config::v1::Hello hello;
    hello.set_dataplane_id(id);
    hello.set_revision(1000);
    return tracker.Connected(hello, "127.0.0.1:1");
  }
  void Ack(const RolloutTracker::Connection& from, uint64_t revision, uint64_t epoch = 0) {
    tracker.Answered(from, {revision, true, true, epoch}, "", "");
  }
  void Nack(const RolloutTracker::Connection& from, uint64_t revision, bool last_word) {
    tracker.Answered(from, {revision, false, last_word}, "why", "upstreams[a].endpoint");
  }
  uint64_t WaitFor(uint64_t revision) {
    return tracker.WhenSettled(revision, [this] { ++settled; });
  }

  ManualClock clock;
  RolloutTracker tracker{clock};
  int settled = 0;
};

TEST_F(RolloutTrackerTest, AnEmptyFleetIsSettled) {
  WaitFor(5);
  EXPECT_EQ(settled, 1);
}

TEST_F(RolloutTrackerTest, SettlesWhenEveryConnectedOneServes) {
  auto a = Connect("a");
  auto b = Connect("b");
  auto gone = Connect("gone");
  tracker.Disconnected(gone);
  WaitFor(5);
  Ack(a, 5);
  EXPECT_EQ(settled, 0);
  Ack(b, 4);
  EXPECT_EQ(settled, 0);
  Ack(b, 6);
  EXPECT_EQ(settled, 1);
  Ack(b, 7);
  EXPECT_EQ(settled, 1);
}

TEST_F(RolloutTrackerTest, SettlesWhenTheLastSlowOneLeaves) {
  auto a = Connect("a");
  WaitFor(1);
  tracker.Disconnected(a);
  EXPECT_EQ(settled, 1);
}

TEST_F(RolloutTrackerTest, OneLastWordOfRefusalSettles) {
  auto a = Connect("a");
  Connect("slow");
  WaitFor(5);
  Nack(a, 5, false);
  EXPECT_EQ(settled, 0);  // a snapshot follows
  Nack(a, 5, true);
  EXPECT_EQ(settled, 1);
  auto status = tracker.Get("a").value();
  EXPECT_EQ(status.nacked_revision, 5u);
  EXPECT_EQ(status.nack_reason, "why");
  EXPECT_EQ(status.nack_field, "upstreams[a].endpoint");
}

TEST_F(RolloutTrackerTest, AnOlderRefusalDoesNotSettleANewerRevision) {
  auto a = Connect("a");
  Nack(a, 5, true);
  WaitFor(6);
  EXPECT_EQ(settled, 0);
  Ack(a, 6);
  EXPECT_EQ(settled, 1);
  EXPECT_EQ(tracker.Get("a")->nacked_revision, 0u);
}

TEST_F(RolloutTrackerTest, AnswersOfAnEarlierEpochSayNothing) {
  auto a = Connect("a");
  auto b = Connect("b");
  Ack(a, 50);
  Nack(b, 50, true);
  tracker.StartEpoch(1);
  EXPECT_EQ(tracker.Get("a")->acked_revision, 0u);
  EXPECT_EQ(tracker.Get("b")->nacked_revision, 0u);
  EXPECT_EQ(tracker.Get("b")->nack_reason, "");
  WaitFor(41);
  Ack(a, 51);  // was on its way
  Nack(b, 51, true);
  EXPECT_EQ(settled, 0);
  Ack(a, 41, 1);
  Ack(b, 41, 1);
  EXPECT_EQ(settled, 1);
  tracker.StartEpoch(1);  // said again by the next change
  EXPECT_EQ(tracker.Get("a")->acked_revision, 41u);
}

TEST_F(RolloutTrackerTest, AnAnswerMayBeFasterThanTheWordOfTheNewEpoch) {
  auto a = Connect("a");
  Ack(a, 40, 1);
  tracker.StartEpoch(1);
  EXPECT_EQ(tracker.Get("a")->acked_revision, 40u);
}

TEST_F(RolloutTrackerTest, AStartBeyondTheClockIsItsEnd) {
  config::v1::Hello hello;
  hello.set_dataplane_id("a");
  hello.mutable_started_at()->set_seconds(INT64_MAX);
  tracker.Connected(hello, "127.0.0.1:1");
  EXPECT_GT(tracker.Get("a")->started_at, clock.Wall());
}

TEST_F(RolloutTrackerTest, WhatTheHelloClaimsIsNoAcknowledgement) {
  Connect("a");
  EXPECT_EQ(tracker.Get("a")->acked_revision, 0u);
}

TEST_F(RolloutTrackerTest, ForgottenWaitsStaySilent) {
  auto a = Connect("a");
  tracker.Forget(WaitFor(1));
  Ack(a, 1);
  EXPECT_EQ(settled, 0);
}

TEST_F(RolloutTrackerTest, EventsOfAReplacedStreamAreIgnored) {
  auto old_stream = Connect("a");
  auto new_stream = Connect("a");
  Ack(old_stream, 9);
  tracker.Disconnected(old_stream);
  EXPECT_TRUE(tracker.Get("a")->connected);
  EXPECT_EQ(tracker.Get("a")->acked_revision, 0u);
  Ack(new_stream, 9);
  EXPECT_EQ(tracker.Get("a")->acked_revision, 9u);
}

TEST_F(RolloutTrackerTest, ThoseThatLeftStayListedForADay) {
  auto a = Connect("a");
  tracker.Disconnected(a);
  clock.Advance(hours(23));
  EXPECT_EQ(tracker.List().size(), 1u);
  EXPECT_FALSE(tracker.List()[0].connected);
  clock.Advance(hours(1));
  EXPECT_TRUE(tracker.List().empty());
}

TEST_F(RolloutTrackerTest, HeartbeatsShowRequestsAndTime) {
  auto a = Connect("a");
  clock.Advance(hours(1));
  config::v1::Heartbeat heartbeat;
  heartbeat.set_requests_in_flight(7);
  tracker.Seen(a, heartbeat);
  EXPECT_EQ(tracker.Get("a")->requests_in_flight, 7u);
  EXPECT_EQ(tracker.Get("a")->last_seen_at, clock.Wall());
}

}  // namespace
}  // namespace llmgw::controlplane::push
