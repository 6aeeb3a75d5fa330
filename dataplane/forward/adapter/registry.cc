#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/adapter/anthropic.h"
#include "dataplane/forward/adapter/azure_openai.h"
#include "dataplane/forward/adapter/mock.h"
#include "dataplane/forward/adapter/openai.h"
#include "dataplane/forward/adapter/replicate.h"

namespace llmgw::forward {

const Adapter& AdapterFor(settings::UpstreamKind kind) {
  switch (kind) {
    case settings::UpstreamKind::kOpenai:
      return OpenaiAdapter();
    case settings::UpstreamKind::kAzureOpenai:
      return AzureOpenaiAdapter();
    case settings::UpstreamKind::kAnthropic:
      return AnthropicAdapter();
    case settings::UpstreamKind::kReplicate:
      return ReplicateAdapter();
    case settings::UpstreamKind::kMock:
      return MockAdapter();
  }
  return OpenaiAdapter();
}

}  // namespace llmgw::forward
