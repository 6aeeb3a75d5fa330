#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "tests/contract/store_fixture.h"
#include "tests/support/wait.h"

namespace llmgw::controlplane::store {
namespace {

class LogTailOnAll : public StoreTest {};
INSTANTIATE_ON_ALL_STORES(LogTailOnAll);

TEST_P(LogTailOnAll, BeginsAtZero) {
  EXPECT_EQ(Must(logs().LastSequence()), 0u);
  EXPECT_TRUE(Must(logs().After({}, 0, 10)).empty());
}

TEST_P(LogTailOnAll, FollowsTheOrderOfArrivalWhateverTheTimes) {
  Must(logs().Append("dp", {RecordAt("req_b", 20), RecordAt("req_a", 30)}));
  Must(logs().Append("dp", {RecordAt("req_late", 10)}));
  const auto all = Must(logs().After({}, 0, 10));
  EXPECT_EQ(IdsOf(all), (std::vector<std::string>{"req_b", "req_a", "req_late"}));
  EXPECT_LT(all[0].sequence, all[1].sequence);
  EXPECT_LT(all[1].sequence, all[2].sequence);
  EXPECT_EQ(Must(logs().LastSequence()), all[2].sequence);
  EXPECT_EQ(IdsOf(Must(logs().After({}, all[0].sequence, 1))), std::vector<std::string>{"req_a"});
  EXPECT_TRUE(Must(logs().After({}, all[2].sequence, 10)).empty());
}

TEST_P(LogTailOnAll, ComesWithAttemptsButWithoutBodies) {
  Must(logs().Append("dp", {FullRecord("req_1"), FullRecord("req_2")}));
  usage::v1::RequestRecord expected = FullRecord("req_2");
  expected.clear_request_body();
  expected.clear_response_body();
  EXPECT_EQ(Must(logs().After({}, 0, 10)).at(1).record.DebugString(), expected.DebugString());
}

TEST_P(LogTailOnAll, NeverGivesASequenceTwiceEvenAfterTheNewestWereDeleted) {
  Must(logs().Append("dp", {RecordAt("req_1", 1), RecordAt("req_2", 2)}));
  const uint64_t before = Must(logs().LastSequence());
  database_->Sql("DELETE FROM request_records WHERE request_id = 'req_2'");
  Reopen();
  Must(logs().Append("dp", {RecordAt("req_3", 3)}));
  EXPECT_GT(Must(logs().LastSequence()), before);
}

TEST_P(LogTailOnAll, NeverMissesARecordOfConcurrentAppenders) {
  constexpr int kAppenders = 4;
  constexpr int kBatches = 60;
  auto other = OpenAgain();
  std::atomic<int> running{kAppenders};
  std::vector<std::thread> appenders;
  for (int a = 0; a < kAppenders; ++a) {
    appenders.emplace_back([&, a] {
      LogStore& store = a % 2 == 0 ? logs() : *other->logs;
      for (int b = 0; b < kBatches; ++b) {
        std::vector<usage::v1::RequestRecord> batch;
        for (int i = 0; i <= (a + b) % 7; ++i) {
          batch.push_back(RecordAt(
              "req_" + std::to_string(a) + "_" + std::to_string(b) + "_" + std::to_string(i), b));
        }
        Must(store.Append("dp", batch));
      }
      --running;
    });
  }

  std::vector<std::string> tailed;
  uint64_t last = 0;
  const auto read = [&] {
    const auto found = Must(logs().After({}, last, 50));
    for (const LogEntry& entry : found) {
      EXPECT_GT(entry.sequence, last);
      last = entry.sequence;
      tailed.push_back(entry.record.request_id());
    }
    return !found.empty();
  };
  while (running > 0) read();
  for (std::thread& appender : appenders) appender.join();
  while (read()) {
  }

  std::vector<std::string> stored = ListIds(logs(), {}, 1'000);
  std::sort(stored.begin(), stored.end());
  std::sort(tailed.begin(), tailed.end());
  EXPECT_EQ(tailed, stored);
}

}  // namespace
}  // namespace llmgw::controlplane::store
