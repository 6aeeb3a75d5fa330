#include "dataplane/record/record_outbox.h"

#include <gtest/gtest.h>

#include <thread>

namespace llmgw::record {
namespace {

std::unique_ptr<model::RequestRecord> Named(std::string id) {
  auto record = std::make_unique<model::RequestRecord>();
  record->request_id = std::move(id);
  return record;
}

RecordBatch Batch(const std::vector<std::string>& ids) {
  RecordBatch batch;
  for (const std::string& id : ids) batch.push_back(Named(id));
  return batch;
}

std::vector<std::string> Ids(const RecordBatch& batch) {
  std::vector<std::string> ids;
  for (const auto& record : batch) ids.push_back(record->request_id);
  return ids;
}

TEST(RecordOutbox, KeepsTheOrderOfEachWorker) {
  RecordOutbox outbox;
  RecordBox& first = outbox.AddBox();
  RecordBox& second = outbox.AddBox();
  RecordBatch batch = Batch({"a1", "a2"});
  first.Put(batch);
  EXPECT_TRUE(batch.empty());
  batch = Batch({"b1"});
  second.Put(batch);
  batch = Batch({"a3"});
  first.Put(batch);
  EXPECT_EQ(Ids(outbox.TakeAll()), (std::vector<std::string>{"a1", "a2", "a3", "b1"}));
  EXPECT_TRUE(outbox.TakeAll().empty());
}

TEST(RecordOutbox, DropsAndCountsWhatDoesNotFit) {
  RecordOutbox outbox({.records = 2, .bytes = 1 << 20});
  RecordBox& box = outbox.AddBox();
  RecordBatch batch = Batch({"1", "2"});
  box.Put(batch);
  batch = Batch({"3"});
  box.Put(batch);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(outbox.dropped(), 1u);
  EXPECT_EQ(Ids(outbox.TakeAll()), (std::vector<std::string>{"1", "2"}));
  batch = Batch({"4"});
  box.Put(batch);
  EXPECT_EQ(Ids(outbox.TakeAll()), std::vector<std::string>{"4"});
}

TEST(RecordOutbox, CountsBodiesAgainstItsBytes) {
  RecordOutbox outbox({.records = 100, .bytes = 10'000});
  RecordBox& box = outbox.AddBox();
  RecordBatch batch = Batch({"big"});
  batch[0]->request_body.assign(20'000, 'x');
  box.Put(batch);
  EXPECT_EQ(outbox.dropped(), 1u);
}

TEST(RecordOutbox, WakesTheOneWhoWaits) {
  RecordOutbox outbox;
  RecordBox& box = outbox.AddBox();
  std::thread worker([&] {
    RecordBatch batch = Batch({"1"});
    box.Put(batch);
  });
  RecordBatch taken;
  // Without a signal this would wait for ever, and the test's time limit would end it.
  while (taken.empty()) {
    outbox.wake()->Wait(std::nullopt);
    taken = outbox.TakeAll();
  }
  worker.join();
  EXPECT_EQ(Ids(taken), std::vector<std::string>{"1"});
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
