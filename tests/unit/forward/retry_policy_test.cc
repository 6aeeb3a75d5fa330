#include "dataplane/forward/retry_policy.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace llmgw::forward {
namespace {

std::vector<AttemptEnd> All() {
  std::vector<AttemptEnd> all;
  for (int end = 0; end <= static_cast<int>(AttemptEnd::kCancelled); ++end) {
    all.push_back(static_cast<AttemptEnd>(end));
  }
  return all;
}

std::set<AttemptEnd> GoOn(settings::RetryOn retry_on) {
  std::set<AttemptEnd> ends;
  for (const AttemptEnd end : All()) {
    if (GoesOn(retry_on, end)) ends.insert(end);
  }
  return ends;
}

TEST(RetryPolicy, EveryEndHasASlugOfItsOwn) {
  std::set<std::string> slugs;
  for (const AttemptEnd end : All()) slugs.insert(Slug(end));
  EXPECT_EQ(slugs.size(), All().size());
  EXPECT_FALSE(slugs.contains(""));
}

TEST(RetryPolicy, GoesOnForWhatTheRouteNamesOnly) {
  // A status was compared with the route's list before it became one of these; the last three are
  // no failures.
  const std::set always{AttemptEnd::kRefused,        AttemptEnd::kErrorEvent,
                        AttemptEnd::kErrorBody,      AttemptEnd::kEmptyStream,
                        AttemptEnd::kNoPlaceForPath, AttemptEnd::kNoDeployment,
                        AttemptEnd::kModelNeeded};
  const auto and_these = [&always](std::set<AttemptEnd> ends) {
    ends.insert(always.begin(), always.end());
    return ends;
  };
  EXPECT_EQ(GoOn({}), always);
  settings::RetryOn connect;
  connect.connect = true;
  EXPECT_EQ(GoOn(connect), and_these({AttemptEnd::kResolveFailed, AttemptEnd::kAddressRefused,
                                      AttemptEnd::kConnectFailed, AttemptEnd::kProxyFailed,
                                      AttemptEnd::kTlsFailed}));
  settings::RetryOn timeout;
  timeout.timeout = true;
  EXPECT_EQ(GoOn(timeout), and_these({AttemptEnd::kConnectTimeout, AttemptEnd::kFirstByteTimeout,
                                      AttemptEnd::kTotalTimeout}));
  settings::RetryOn reset;
  reset.reset = true;
  EXPECT_EQ(GoOn(reset), and_these({AttemptEnd::kReset, AttemptEnd::kBadResponse}));
}

TEST(RetryPolicy, NeverGoesOnOnceAResponseBeganOrTheClientIsAtFault) {
  settings::RetryOn everything;
  everything.connect = everything.timeout = everything.reset = true;
  everything.status.set();
  const std::set<AttemptEnd> final = {AttemptEnd::kRelayed, AttemptEnd::kBroken,
                                      AttemptEnd::kCancelled};
  for (const AttemptEnd end : All()) {
    if (!final.contains(end) && !std::string_view(Slug(end)).starts_with("client_")) continue;
    EXPECT_FALSE(GoesOn(everything, end)) << Slug(end);
    EXPECT_FALSE(IsConnectionProblem(end)) << Slug(end);
  }
}

TEST(RetryPolicy, PausesDoubleUpToFiveSecondsGiveOrTakeAQuarter) {
  struct Pause {
    uint32_t retry;
    int64_t base;
  };
  for (const auto& [retry, base] :
       {Pause{1, 200}, Pause{2, 400}, Pause{3, 800}, Pause{4, 1600}, Pause{5, 3200}, Pause{6, 5000},
        Pause{7, 5000}, Pause{1000, 5000}, Pause{UINT32_MAX, 5000}}) {
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (uint32_t random = 0; random < 10'000; ++random) {
      const int64_t pause = RetryPause(retry, random * 2654435761U).count();
      least = std::min(least, pause);
      most = std::max(most, pause);
    }
    EXPECT_GE(least, base * 3 / 4) << retry;
    EXPECT_LE(most, base * 5 / 4) << retry;
    EXPECT_LT(least, base * 8 / 10) << retry;
    EXPECT_GT(most, base * 12 / 10) << retry;
  }
}

}  // namespace
}  // namespace llmgw::forward
