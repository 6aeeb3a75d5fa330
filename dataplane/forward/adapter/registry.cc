#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/adapter/mock.h"
#include "dataplane/forward/adapter/openai.h"

namespace llmgw::forward {

net::Task<AttemptEnd> Adapter::Answer(ForwardRequest&, const settings::UpstreamSettings&) const {
  co_return AttemptEnd::kBadResponse;
}

const Adapter& AdapterFor(settings::UpstreamKind kind) {
  switch (kind) {
    case settings::UpstreamKind::kOpenai:
      return OpenaiAdapter();
    case settings::UpstreamKind::kMock:
      return MockAdapter();
  }
  return OpenaiAdapter();
}

}  // namespace llmgw::forward
