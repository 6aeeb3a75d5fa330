#include "dataplane/record/worker_recorder.h"

#include <gtest/gtest.h>

namespace llmgw::record {
namespace {

model::RequestRecord Record(model::LogPolicy policy = model::LogPolicy::kMetadata) {
  model::RequestRecord record;
  record.log_policy = policy;
  return record;
}

class IdEncoder final : public RecordEncoder {
 public:
  void Append(const model::RequestRecord& record, std::string& out) override {
    out += record.request_id;
  }
};

class WorkerRecorderTest : public testing::Test {
 protected:
  WorkerRecorder Recorder() {
    return WorkerRecorder(metrics_, box_, std::make_unique<IdEncoder>());
  }
  size_t HandedOver() {
    size_t records = 0;
    for (const RecordBlock& block : outbox_.TakeAll()) records += block.sizes.size();
    return records;
  }

  WorkerMetrics metrics_;
  RecordOutbox outbox_;
  RecordBox& box_ = outbox_.AddBox();
};

TEST_F(WorkerRecorderTest, HandsOverAtFlush) {
  WorkerRecorder recorder = Recorder();
  recorder.Record(Record());
  EXPECT_EQ(HandedOver(), 0u);
  recorder.Flush();
  EXPECT_EQ(HandedOver(), 1u);
}

TEST_F(WorkerRecorderTest, HandsOverAFullBatchAtOnce) {
  WorkerRecorder recorder = Recorder();
  for (size_t i = 0; i < WorkerRecorder::kBatch; ++i) recorder.Record(Record());
  EXPECT_EQ(HandedOver(), WorkerRecorder::kBatch);
}

TEST_F(WorkerRecorderTest, HandsOverABatchOfLargeRecordsBeforeItGrowsTooLarge) {
  WorkerRecorder recorder = Recorder();
  auto record = Record();
  record.request_id.assign(WorkerRecorder::kBatchBytes, 'x');
  recorder.Record(record);
  EXPECT_EQ(HandedOver(), 1u);
}

TEST_F(WorkerRecorderTest, TellsWhereEachRecordEnds) {
  WorkerRecorder recorder = Recorder();
  for (const char* id : {"one", "", "three"}) {
    auto record = Record();
    record.request_id = id;
    recorder.Record(record);
  }
  EXPECT_TRUE(recorder.waiting());
  recorder.Flush();
  EXPECT_FALSE(recorder.waiting());
  const std::vector<RecordBlock> blocks = outbox_.TakeAll();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].bytes, "onethree");
  EXPECT_EQ(blocks[0].sizes, (std::vector<uint32_t>{3, 0, 5}));
}

TEST_F(WorkerRecorderTest, HandsOverTheRestWhenItGoes) {
  Recorder().Record(Record());
  EXPECT_EQ(HandedOver(), 1u);
}

TEST_F(WorkerRecorderTest, PolicyNoneIsCountedButNotKept) {
  WorkerRecorder recorder = Recorder();
  recorder.RequestStarted();
  recorder.Record(Record(model::LogPolicy::kNone));
  recorder.Flush();
  EXPECT_EQ(HandedOver(), 0u);
  EXPECT_EQ(metrics_.finished.value(), 1u);
}

TEST_F(WorkerRecorderTest, WithoutABoxItOnlyCounts) {
  WorkerRecorder recorder(metrics_);
  recorder.RequestStarted();
  recorder.Record(Record());
  recorder.ChunksRelayed(3);
  recorder.Flush();
  EXPECT_EQ(metrics_.finished.value(), 1u);
  EXPECT_EQ(metrics_.chunks.value(), 3u);
}

}  // namespace
}  // namespace llmgw::record
