#include "dataplane/route/native.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace llmgw::route {
namespace {

using model::Dialect;
using settings::UpstreamKind;

// What is left of upstreams of these kinds, by their places.
std::vector<size_t> Kept(const std::vector<UpstreamKind>& kinds, Dialect dialect) {
  std::vector<settings::UpstreamSettings> upstreams(kinds.size());
  std::vector<const settings::UpstreamSettings*> list;
  for (size_t i = 0; i < kinds.size(); ++i) {
    upstreams[i].kind = kinds[i];
    list.push_back(&upstreams[i]);
  }
  list.resize(KeepNative(list, dialect));
  std::vector<size_t> places;
  for (const auto* upstream : list) places.push_back(static_cast<size_t>(upstream - &upstreams[0]));
  return places;
}

TEST(KeepNative, EachDialectGetsItsOwnInOrder) {
  const std::vector<UpstreamKind> kinds = {UpstreamKind::kAnthropic, UpstreamKind::kOpenai,
                                           UpstreamKind::kAnthropic, UpstreamKind::kAzureOpenai,
                                           UpstreamKind::kMock};
  EXPECT_EQ(Kept(kinds, Dialect::kAnthropic), (std::vector<size_t>{0, 2}));
  EXPECT_EQ(Kept(kinds, Dialect::kOpenai), (std::vector<size_t>{1, 3, 4}));
}

TEST(KeepNative, WhereNoneIsNativeAllStay) {
  EXPECT_EQ(Kept({UpstreamKind::kOpenai, UpstreamKind::kMock}, Dialect::kAnthropic),
            (std::vector<size_t>{0, 1}));
  EXPECT_EQ(Kept({UpstreamKind::kAnthropic}, Dialect::kOpenai), (std::vector<size_t>{0}));
}

}  // namespace
}  // namespace llmgw::route
