#include "dataplane/config_sync/kind_compiler.h"

#include <gtest/gtest.h>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {
namespace {

using settings::UpstreamKind;

TEST(KindCompiler, KnowsEveryKindByTheNameThatTheConfigViewShows) {
  EXPECT_EQ(UpstreamKindOf(""), UpstreamKind::kOpenai);
  for (const UpstreamKind kind :
       {UpstreamKind::kOpenai, UpstreamKind::kAzureOpenai, UpstreamKind::kAnthropic,
        UpstreamKind::kReplicate, UpstreamKind::kMock}) {
    EXPECT_EQ(UpstreamKindOf(settings::ToString(kind)), kind);
  }
  EXPECT_EQ(UpstreamKindOf("telepathy"), std::nullopt);
}

TEST(KindCompiler, UnsetOptionsHaveTheirDefaults) {
  config::v1::Upstream upstream;
  settings::UpstreamSettings out;
  upstream.set_kind("azure_openai");
  CompileKind(upstream, out);
  EXPECT_EQ(out.azure_openai.api_version, "2024-10-21");
  EXPECT_FALSE(out.azure_openai.v1_paths);
  EXPECT_FALSE(out.azure_openai.bearer);
  upstream.set_kind("anthropic");
  CompileKind(upstream, out);
  EXPECT_EQ(out.anthropic.version, "2023-06-01");
  upstream.set_kind("mock");
  CompileKind(upstream, out);
  EXPECT_EQ(out.mock.fault, settings::MockFault::kNone);
  EXPECT_EQ(out.mock.fault_status, 500);
  EXPECT_EQ(out.mock.rate, nullptr);
}

TEST(KindCompiler, ADrillWithoutAShareFailsAlways) {
  config::v1::Upstream upstream;
  settings::UpstreamSettings out;
  upstream.set_kind("mock");
  upstream.mutable_mock()->set_fault("error-event");
  CompileKind(upstream, out);
  EXPECT_EQ(out.mock.fault, settings::MockFault::kErrorEvent);
  EXPECT_EQ(out.mock.fault_percent, 100U);
  upstream.mutable_mock()->set_fault_percent(3);
  upstream.mutable_mock()->mutable_fault_retry_after()->set_nanos(1'000'000);
  CompileKind(upstream, out);
  EXPECT_EQ(out.mock.fault_percent, 3U);
  EXPECT_EQ(out.mock.fault_retry_after.count(), 1) << "Retry-After counts whole seconds";
}

}  // namespace
}  // namespace llmgw::config_sync
