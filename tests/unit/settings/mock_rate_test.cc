#include "dataplane/settings/mock_rate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace llmgw::settings {
namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

TEST(MockRate, AdmitsSoManyInEachSecond) {
  MockRate rate(2);
  EXPECT_TRUE(rate.Admit(Time(milliseconds(5000))));
  EXPECT_TRUE(rate.Admit(Time(milliseconds(5500))));
  EXPECT_FALSE(rate.Admit(Time(milliseconds(5999))));
  EXPECT_TRUE(rate.Admit(Time(milliseconds(6000))));
}

TEST(MockRate, IsExactOverThreads) {
  MockRate rate(100);
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) admitted += rate.Admit(Time(milliseconds(1))) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 100);
}

}  // namespace
}  // namespace llmgw::settings
