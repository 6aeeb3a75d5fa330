#include "dataplane/record/worker_recorder.h"

#include <gtest/gtest.h>

namespace llmgw::record {
namespace {

std::unique_ptr<model::RequestRecord> Record(
    model::LogPolicy policy = model::LogPolicy::kMetadata) {
  auto record = std::make_unique<model::RequestRecord>();
  record->log_policy = policy;
  return record;
}

class WorkerRecorderTest : public testing::Test {
 protected:
  WorkerMetrics metrics_;
  RecordOutbox outbox_;
  RecordBox& box_ = outbox_.AddBox();
};

TEST_F(WorkerRecorderTest, HandsOverAtFlush) {
  WorkerRecorder recorder(metrics_, &box_);
  recorder.Record(Record());
  EXPECT_TRUE(outbox_.TakeAll().empty());
  recorder.Flush();
  EXPECT_EQ(outbox_.TakeAll().size(), 1u);
}

TEST_F(WorkerRecorderTest, HandsOverAFullBatchAtOnce) {
  WorkerRecorder recorder(metrics_, &box_);
  for (size_t i = 0; i < WorkerRecorder::kBatch; ++i) recorder.Record(Record());
  EXPECT_EQ(outbox_.TakeAll().size(), WorkerRecorder::kBatch);
}

TEST_F(WorkerRecorderTest, HandsOverTheRestWhenItGoes) {
  { WorkerRecorder(metrics_, &box_).Record(Record()); }
  EXPECT_EQ(outbox_.TakeAll().size(), 1u);
}

TEST_F(WorkerRecorderTest, PolicyNoneIsCountedButNotKept) {
  WorkerRecorder recorder(metrics_, &box_);
  recorder.RequestStarted();
  recorder.Record(Record(model::LogPolicy::kNone));
  recorder.Flush();
  EXPECT_TRUE(outbox_.TakeAll().empty());
  EXPECT_EQ(metrics_.finished.value(), 1u);
}

TEST_F(WorkerRecorderTest, WithoutABoxItOnlyCounts) {
  WorkerRecorder recorder(metrics_, nullptr);
  recorder.RequestStarted();
  recorder.Record(Record());
  recorder.ChunksRelayed(3);
  recorder.Flush();
  EXPECT_EQ(metrics_.finished.value(), 1u);
  EXPECT_EQ(metrics_.chunks.value(), 3u);
}

}  // namespace
}  // namespace llmgw::record
