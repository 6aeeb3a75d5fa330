#include "dataplane/app/kind_view.h"

#include "common/daemon/units.h"

namespace llmgw::app {
namespace {

using nlohmann::ordered_json;
using settings::MockFault;
using settings::UpstreamKind;

const char* ToString(MockFault fault) {
  switch (fault) {
    case MockFault::kNone:
      return "";
    case MockFault::kStatus:
      return "status";
    case MockFault::kCut:
      return "cut";
    case MockFault::kGarbage:
      return "garbage";
    case MockFault::kHang:
      return "hang";
    case MockFault::kErrorEvent:
      return "error-event";
  }
  return "";
}

ordered_json MockJson(const settings::MockSettings& mock) {
  ordered_json out{{"mode", mock.mode == settings::MockMode::kEcho ? "echo" : "canned"},
                   {"first_byte_delay", daemon::FormatDuration(mock.first_byte_delay)},
                   {"chunk_interval", daemon::FormatDuration(mock.chunk_interval)}};
  if (mock.rate != nullptr) out["rate"] = mock.rate->per_second();
  if (mock.fault == MockFault::kNone) return out;
  out["fault"] = ToString(mock.fault);
  out["fault_percent"] = mock.fault_percent;
  if (mock.fault != MockFault::kStatus) return out;
  out["fault_status"] = mock.fault_status;
  if (mock.fault_retry_after.count() > 0)
    out["fault_retry_after"] = daemon::FormatDuration(mock.fault_retry_after);
  return out;
}

// The patterns only: the templates themselves may be long.
ordered_json ReplicateJson(const settings::ReplicateSettings& replicate) {
  ordered_json patterns = ordered_json::array();
  for (const auto& prompt : replicate.prompt_templates) patterns.push_back(prompt.pattern);
  return {{"prompt_templates", std::move(patterns)},
          {"wait", daemon::FormatDuration(replicate.wait)}};
}

}  // namespace

void AddKind(const settings::UpstreamSettings& upstream, ordered_json& view) {
  switch (upstream.kind) {
    case UpstreamKind::kOpenai:
      if (!upstream.openai.organization.empty())
        view["openai"]["organization"] = upstream.openai.organization;
      if (!upstream.openai.project.empty()) view["openai"]["project"] = upstream.openai.project;
      break;
    case UpstreamKind::kAzureOpenai:
      view["azure_openai"] = {{"api_version", upstream.azure_openai.api_version},
                              {"deployments", upstream.azure_openai.deployments},
                              {"auth", upstream.azure_openai.bearer ? "bearer" : "api-key"}};
      break;
    case UpstreamKind::kAnthropic:
      view["anthropic"] = {{"version", upstream.anthropic.version}};
      break;
    case UpstreamKind::kReplicate:
      view["replicate"] = ReplicateJson(upstream.replicate);
      break;
    case UpstreamKind::kMock:
      view["mock"] = MockJson(upstream.mock);
      break;
  }
}

}  // namespace llmgw::app
