#include "dataplane/record/record_outbox.h"

#include <gtest/gtest.h>

#include <thread>

namespace llmgw::record {
namespace {

// Records of two characters.
RecordBlock Block(std::string bytes) {
  std::vector<uint32_t> sizes(bytes.size() / 2, 2);
  return {std::move(bytes), std::move(sizes)};
}

std::string All(const std::vector<RecordBlock>& blocks) {
  std::string all;
  for (const RecordBlock& block : blocks) all += block.bytes;
  return all;
}

TEST(RecordOutbox, KeepsTheOrderOfEachWorker) {
  RecordOutbox outbox;
  RecordBox& first = outbox.AddBox();
  RecordBox& second = outbox.AddBox();
  first.Put(Block("a1a2"));
  second.Put(Block("b1"));
  first.Put(Block("a3"));
  EXPECT_EQ(All(outbox.TakeAll()), "a1a2a3b1");
  EXPECT_TRUE(outbox.TakeAll().empty());
}

TEST(RecordOutbox, DropsAndCountsWhatDoesNotFit) {
  RecordOutbox outbox({.records = 2, .bytes = 1 << 20});
  RecordBox& box = outbox.AddBox();
  box.Put(Block("r1r2"));
  box.Put(Block("r3"));
  EXPECT_EQ(outbox.dropped(), 1u);
  EXPECT_EQ(All(outbox.TakeAll()), "r1r2");
  box.Put(Block("r4"));
  EXPECT_EQ(All(outbox.TakeAll()), "r4");
}

TEST(RecordOutbox, IsBoundedInBytes) {
  RecordOutbox outbox({.records = 100, .bytes = 10});
  RecordBox& box = outbox.AddBox();
  box.Put(Block("r1r2r3"));
  box.Put(Block("r4r5r6"));
  EXPECT_EQ(outbox.dropped(), 3u);
  EXPECT_EQ(All(outbox.TakeAll()), "r1r2r3");
}

TEST(RecordOutbox, WakesTheOneWhoWaits) {
  RecordOutbox outbox;
  RecordBox& box = outbox.AddBox();
  std::thread worker([&] { box.Put(Block("r1")); });
  std::vector<RecordBlock> taken;
  // Without a signal this would wait for ever, and the test's time limit would end it.
  while (taken.empty()) {
    outbox.wake()->Wait(std::nullopt);
    taken = outbox.TakeAll();
  }
  worker.join();
  EXPECT_EQ(All(taken), "r1");
}

TEST(WakeEvent, KeepsASignalThatNobodyWaitedForAndEndsAtTheDeadline) {
  WakeEvent event;
  event.Signal();
  event.Signal();
  event.Wait(std::nullopt);
  event.Wait(std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace llmgw::record
