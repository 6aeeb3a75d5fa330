#include "dataplane/route/native.h"

#include <algorithm>

namespace llmgw::route {
namespace {

model::Dialect NativeDialect(settings::UpstreamKind kind) {
  switch (kind) {
    case settings::UpstreamKind::kAnthropic:
      return model::Dialect::kAnthropic;
    case settings::UpstreamKind::kOpenai:
    case settings::UpstreamKind::kAzureOpenai:
    case settings::UpstreamKind::kReplicate:
    case settings::UpstreamKind::kMock:
      break;
  }
  return model::Dialect::kOpenai;
}

}  // namespace

size_t KeepNative(std::span<const settings::UpstreamSettings*> upstreams, model::Dialect dialect) {
  const auto speaks = [dialect](const settings::UpstreamSettings* upstream) {
    return NativeDialect(upstream->kind) == dialect;
  };
  const auto natives =
      static_cast<size_t>(std::count_if(upstreams.begin(), upstreams.end(), speaks));
  if (natives == 0 || natives == upstreams.size()) return upstreams.size();
  size_t kept = 0;
  for (const settings::UpstreamSettings* upstream : upstreams) {
    if (speaks(upstream)) upstreams[kept++] = upstream;
  }
  return kept;
}

}  // namespace llmgw::route
