#include <thread>

#include "controlplane/store/time_micros.h"
#include "tests/contract/store_fixture.h"

namespace llmgw::controlplane::store {
namespace {

class LogAppendOnAll : public StoreTest {
 protected:
  AppendResult Append(const std::vector<usage::v1::RequestRecord>& records) {
    return Must(logs().Append("dp-1", records));
  }
};
INSTANTIATE_ON_ALL_STORES(LogAppendOnAll);

TEST_P(LogAppendOnAll, GivesBackEveryFieldAsItCame) {
  const usage::v1::RequestRecord record = FullRecord("req_1");
  EXPECT_EQ(Append({record}).stored, 1u);
  EXPECT_EQ(Must(logs().Get("req_1")).DebugString(), record.DebugString());
}

TEST_P(LogAppendOnAll, KeepsWhatIsNotThereNotThere) {
  const usage::v1::RequestRecord record = RecordAt("req_1", 5);
  Append({record});
  EXPECT_EQ(Must(logs().Get("req_1")).DebugString(), record.DebugString());
  EXPECT_FALSE(Must(logs().Get("req_1")).has_input_tokens());
}

TEST_P(LogAppendOnAll, NamesTheDataplaneThatSentARecordWithout) {
  usage::v1::RequestRecord record = RecordAt("req_1", 5);
  record.clear_dataplane_id();
  Must(logs().Append("dp-sender", {record}));
  EXPECT_EQ(Must(logs().Get("req_1")).dataplane_id(), "dp-sender");
}

TEST_P(LogAppendOnAll, SaysThatAnUnknownRecordIsNotFound) {
  auto missing = logs().Get("req_ghost");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(logs().Get(std::string("a\0\xFF", 3)).error().kind, ErrorKind::kNotFound);
}

TEST_P(LogAppendOnAll, TakesAnEmptyBatch) {
  const AppendResult result = Append({});
  EXPECT_EQ(result.stored + result.duplicates, 0u);
}

TEST_P(LogAppendOnAll, StoresARepeatedBatchOnce) {
  const std::vector<usage::v1::RequestRecord> batch = {FullRecord("req_1"), FullRecord("req_2")};
  Append(batch);
  const AppendResult again = Append(batch);
  EXPECT_EQ(again.stored, 0u);
  EXPECT_EQ(again.duplicates, 2u);
  EXPECT_EQ(Must(logs().Get("req_1")).DebugString(), batch[0].DebugString());
  EXPECT_EQ(ListIds(logs(), {}).size(), 2u);
}

TEST_P(LogAppendOnAll, StoresTheNewOnesOfABatchThatOverlaps) {
  Append({FullRecord("req_1")});
  usage::v1::RequestRecord changed = FullRecord("req_1");
  changed.set_status(500);
  changed.clear_attempts();
  const AppendResult result = Append({changed, FullRecord("req_2"), FullRecord("req_2")});
  EXPECT_EQ(result.stored, 1u);
  EXPECT_EQ(result.duplicates, 2u);
  EXPECT_EQ(Must(logs().Get("req_1")).DebugString(), FullRecord("req_1").DebugString());
  EXPECT_EQ(Must(logs().Get("req_2")).DebugString(), FullRecord("req_2").DebugString());
}

TEST_P(LogAppendOnAll, KeepsTheFirstOfTwoAttemptsWithOneNumber) {
  usage::v1::RequestRecord record = RecordAt("req_1", 5);
  for (const char* upstream : {"first", "second"}) {
    usage::v1::Attempt* attempt = record.add_attempts();
    attempt->set_number(1);
    attempt->set_upstream(upstream);
  }
  Append({record});
  const auto stored = Must(logs().Get("req_1"));
  ASSERT_EQ(stored.attempts_size(), 1);
  EXPECT_EQ(stored.attempts(0).upstream(), "first");
}

TEST_P(LogAppendOnAll, RefusesARecordThatCouldNotBeRecognised) {
  for (const std::string& id :
       {std::string(), std::string("a b"), std::string("a\0b", 3), std::string(129, 'a')}) {
    auto refused = logs().Append("dp", {RecordAt("req_fine", 5), RecordAt(id, 5)});
    ASSERT_FALSE(refused) << id;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(refused.error().field, "records[1].request_id");
  }
  EXPECT_TRUE(ListIds(logs(), {}).empty());
}

TEST_P(LogAppendOnAll, LosesNoRecordForTextThatIsNoText) {
  const std::string raw("x\0y\xFFz\xC3", 6);
  const std::string clean = "x\xEF\xBF\xBDy\xEF\xBF\xBDz\xEF\xBF\xBD";
  usage::v1::RequestRecord record = FullRecord("req_1");
  record.set_user_agent(raw);
  record.set_path("/" + raw);
  record.set_model_asked(raw);
  record.set_key_id(raw);
  record.set_upstream(std::string(10'000, 'u'));
  record.mutable_attempts(0)->set_error(raw);
  const AppendResult result = Append({FullRecord("req_0"), record});
  EXPECT_EQ(result.stored, 2u);
  const auto stored = Must(logs().Get("req_1"));
  EXPECT_EQ(stored.user_agent(), clean);
  EXPECT_EQ(stored.path(), "/" + clean);
  EXPECT_EQ(stored.model_asked(), clean);
  EXPECT_EQ(stored.key_id(), clean);
  EXPECT_EQ(stored.attempts(0).error(), clean);
  EXPECT_EQ(stored.upstream().substr(0, 200), std::string(200, 'u'));
}

TEST_P(LogAppendOnAll, KeepsBodiesOfAnyBytesUpToAMebibyte) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  usage::v1::RequestRecord record = FullRecord("req_1");
  record.set_request_body(every_byte + "\\x41 {a,b} \"");
  std::string large;
  while (large.size() < 1'048'576) large += every_byte;
  record.set_response_body(large);
  usage::v1::RequestRecord only_request = RecordAt("req_2", 5);
  only_request.set_request_body(std::string(1, '\0'));
  Append({record, only_request});
  EXPECT_EQ(Must(logs().Get("req_1")).request_body(), record.request_body());
  EXPECT_TRUE(Must(logs().Get("req_1")).response_body() == large);
  EXPECT_EQ(Must(logs().Get("req_2")).request_body(), only_request.request_body());
  EXPECT_EQ(Must(logs().Get("req_2")).response_body(), "");
}

TEST_P(LogAppendOnAll, SurvivesTheClockOfABrokenDataplane) {
  usage::v1::RequestRecord early = RecordAt("req_early", 5);
  early.mutable_time()->set_seconds(-62'000'000'000);
  usage::v1::RequestRecord late = RecordAt("req_late", 5);
  late.mutable_time()->set_seconds(std::numeric_limits<int64_t>::max());
  late.mutable_time()->set_nanos(-5);
  EXPECT_EQ(Append({early, late, RecordAt("req_now", 1'800'000'000'000'000)}).stored, 3u);
  EXPECT_EQ(ListIds(logs(), {}), (std::vector<std::string>{"req_late", "req_now", "req_early"}));
}

TEST_P(LogAppendOnAll, StoresALargeBatch) {
  std::vector<usage::v1::RequestRecord> batch;
  for (int i = 0; i < 5'000; ++i) batch.push_back(RecordAt("req_" + std::to_string(i), i));
  EXPECT_EQ(Append(batch).stored, 5'000u);
  EXPECT_EQ(ListIds(logs(), {}, 1'000).size(), 5'000u);
}

TEST_P(LogAppendOnAll, StoresNothingForASenderThatHasGone) {
  auto refused = logs().Append("dp", {RecordAt("req_1", 1)}, [] { return false; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(logs().Get("req_1").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Must(logs().Append("dp", {RecordAt("req_1", 1)}, [] { return true; })).stored, 1u);
}

TEST_P(LogAppendOnAll, CountsEveryRecordOnceWhenDataplanesRepeatThemselvesAtOnce) {
  std::vector<usage::v1::RequestRecord> batch;
  for (int i = 0; i < 200; ++i) batch.push_back(FullRecord("req_" + std::to_string(i)));
  std::vector<uint32_t> stored(6);
  std::vector<std::thread> threads;
  for (uint32_t& mine : stored) {
    threads.emplace_back([&] { mine = Must(logs().Append("dp", batch)).stored; });
  }
  for (std::thread& thread : threads) thread.join();
  uint32_t sum = 0;
  for (uint32_t mine : stored) sum += mine;
  EXPECT_EQ(sum, 200u);
  EXPECT_EQ(Must(logs().Get("req_7")).attempts_size(), 2);
}

}  // namespace
}  // namespace llmgw::controlplane::store
