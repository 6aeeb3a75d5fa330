#include "dataplane/config_sync/kind_compiler.h"

#include <array>
#include <memory>

#include "dataplane/config_sync/replicate_compiler.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {
namespace {

using settings::UpstreamKind;
using std::chrono::milliseconds;

constexpr std::array kKinds = {UpstreamKind::kOpenai, UpstreamKind::kAzureOpenai,
                               UpstreamKind::kAnthropic, UpstreamKind::kReplicate,
                               UpstreamKind::kMock};

milliseconds Milliseconds(const google::protobuf::Duration& duration) {
  return milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

settings::MockFault FaultOf(std::string_view fault) {
  if (fault == "status") return settings::MockFault::kStatus;
  if (fault == "cut") return settings::MockFault::kCut;
  if (fault == "garbage") return settings::MockFault::kGarbage;
  if (fault == "hang") return settings::MockFault::kHang;
  if (fault == "error-event") return settings::MockFault::kErrorEvent;
  return settings::MockFault::kNone;
}

settings::MockSettings MockOf(const config::v1::Upstream& upstream) {
  const config::v1::Mock& mock = upstream.mock();
  settings::MockSettings out;
  out.reply = mock.reply();
  if (out.reply.empty()) {
    out.reply =
        "This is the mock upstream '" + upstream.name() + "' of the gateway: no model was asked.";
  }
  if (mock.has_first_byte_delay()) out.first_byte_delay = Milliseconds(mock.first_byte_delay());
  if (mock.has_chunk_interval()) out.chunk_interval = Milliseconds(mock.chunk_interval());
  if (mock.mode() == "echo") out.mode = settings::MockMode::kEcho;
  out.fault = FaultOf(mock.fault());
  if (mock.fault_percent() != 0) out.fault_percent = mock.fault_percent();
  if (mock.fault_status() != 0) out.fault_status = static_cast<int>(mock.fault_status());
  if (mock.has_fault_retry_after())
    out.fault_retry_after = std::chrono::ceil<std::chrono::seconds>(
        milliseconds(Milliseconds(mock.fault_retry_after())));
  if (mock.rate() != 0) out.rate = std::make_shared<settings::MockRate>(mock.rate());
  return out;
}

settings::AzureOpenaiSettings AzureOf(const config::v1::AzureOpenaiOptions& options) {
  settings::AzureOpenaiSettings out;
  if (!options.api_version().empty()) out.api_version = options.api_version();
  out.v1_paths = options.api_version() == "v1";
  out.deployments = {options.deployments().begin(), options.deployments().end()};
  out.bearer = options.auth() == "bearer";
  return out;
}

}  // namespace

std::optional<UpstreamKind> UpstreamKindOf(std::string_view kind) {
  if (kind.empty()) return UpstreamKind::kOpenai;
  for (const UpstreamKind known : kKinds) {
    if (kind == settings::ToString(known)) return known;
  }
  return std::nullopt;
}

void CompileKind(const config::v1::Upstream& upstream, settings::UpstreamSettings& out) {
  out.kind = UpstreamKindOf(upstream.kind()).value_or(UpstreamKind::kOpenai);
  switch (out.kind) {
    case UpstreamKind::kOpenai:
      out.openai = {upstream.openai().organization(), upstream.openai().project()};
      break;
    case UpstreamKind::kAzureOpenai:
      out.azure_openai = AzureOf(upstream.azure_openai());
      break;
    case UpstreamKind::kAnthropic:
      if (!upstream.anthropic().version().empty())
        out.anthropic.version = upstream.anthropic().version();
      break;
    case UpstreamKind::kReplicate:
      out.replicate = ReplicateOf(upstream.replicate());
      break;
    case UpstreamKind::kMock:
      out.mock = MockOf(upstream);
      break;
  }
}

}  // namespace llmgw::config_sync
