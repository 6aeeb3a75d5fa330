#include "dataplane/record/log_spool.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::record {
namespace {

std::vector<std::string> Strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

RecordBlock Block(const std::vector<std::string>& records) {
  RecordBlock block;
  for (const std::string& record : records) {
    block.bytes += record;
    block.sizes.push_back(static_cast<uint32_t>(record.size()));
  }
  return block;
}

TEST(MemoryRecordQueue, GivesTheSameFrontUntilItIsAcknowledged) {
  MemoryRecordQueue queue({});
  queue.Append(Block({"1", "2"}));
  queue.Append(Block({"3"}));
  EXPECT_EQ(Strings(queue.Front(2, 1000)), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(Strings(queue.Front(2, 1000)), (std::vector<std::string>{"1", "2"}));
  queue.Acknowledge(2);
  EXPECT_EQ(Strings(queue.Front(2, 1000)), (std::vector<std::string>{"3"}));
  queue.Acknowledge(1);
  EXPECT_EQ(queue.records(), 0u);
  EXPECT_EQ(queue.bytes(), 0u);
  EXPECT_TRUE(queue.Front(2, 1000).empty());
}

TEST(MemoryRecordQueue, AcknowledgesPartOfABlock) {
  MemoryRecordQueue queue({});
  queue.Append(Block({"1", "22", "333"}));
  queue.Append(Block({"4"}));
  queue.Acknowledge(1);
  EXPECT_EQ(Strings(queue.Front(10, 1000)), (std::vector<std::string>{"22", "333", "4"}));
  queue.Acknowledge(3);
  EXPECT_EQ(queue.records(), 0u);
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(MemoryRecordQueue, BoundsABatchInBytesButAlwaysGivesOne) {
  MemoryRecordQueue queue({});
  queue.Append(Block({std::string(60, 'a'), std::string(60, 'b')}));
  EXPECT_EQ(queue.Front(10, 100).size(), 1u);
  EXPECT_EQ(queue.Front(10, 10).size(), 1u);
  EXPECT_EQ(queue.Front(10, 120).size(), 2u);
}

TEST(MemoryRecordQueue, DropsTheNewestAndCountsThem) {
  MemoryRecordQueue queue({.records = 2, .bytes = 1 << 20});
  queue.Append(Block({"1", "2", "3"}));
  queue.Append(Block({"4"}));
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(Strings(queue.Front(10, 1000)), (std::vector<std::string>{"1", "2"}));
}

TEST(MemoryRecordQueue, IsBoundedInBytesAndLeavesNoHoles) {
  MemoryRecordQueue queue({.records = 1000, .bytes = 500});
  queue.Append(Block({std::string(300, 'a'), std::string(300, 'b'), std::string(20, 'c')}));
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(queue.records(), 1u);
  EXPECT_LE(queue.bytes(), 500u);
}

}  // namespace
}  // namespace llmgw::record
