#include <algorithm>
#include <array>

#include "common/config/endpoint.h"
#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestReply = 64 << 10;
constexpr size_t kLongestOption = 256;
constexpr int kMostDeployments = 1000;
constexpr size_t kLongestDeployment = 64;
constexpr uint32_t kMostRate = 1'000'000;

std::string_view KindOf(const v1::Upstream& upstream) {
  return upstream.kind().empty() ? "openai" : std::string_view(upstream.kind());
}

// A value that becomes a header's.
void CheckHeaderValue(std::string_view field, const std::string& value, Faults& faults) {
  faults.CheckText(field, value, kLongestOption);
  if (!IsVisibleAscii(value)) faults.Add(field, "must have only visible ASCII characters");
}

bool IsUrlWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

void CheckDeployments(const v1::AzureOpenaiOptions& azure, Faults& faults) {
  const char* field = "azure_openai.deployments";
  if (azure.deployments_size() > kMostDeployments) {
    faults.Add(field, "must have at most 1000 entries");
  }
  if (!azure.deployments().empty() && azure.api_version() == "v1") {
    faults.Add(field,
               "is not for api_version v1, whose requests name the deployment as their model: use "
               "model_map");
  }
  for (const auto& [model, deployment] : azure.deployments()) {
    const std::string path = std::string(field) + "[" + PathName(model, 0) + "]";
    if (model.empty() || model.size() > kLongestOption || HasControlCharacter(model)) {
      faults.Add(path, "needs a model name of at most 256 characters before the '='");
    }
    if (deployment.empty() || deployment.size() > kLongestDeployment || !IsUrlWord(deployment) ||
        deployment.find_first_not_of('.') == std::string::npos) {
      faults.Add(
          path,
          "must be a deployment: 1-64 letters, digits, '.', '_' and '-', as the Azure portal "
          "shows it");
    }
  }
}

void CheckAzureOpenai(const v1::Upstream& upstream, Faults& faults) {
  const auto& azure = upstream.azure_openai();
  if (!IsUrlWord(azure.api_version()) || azure.api_version().size() > kLongestOption) {
    faults.Add("azure_openai.api_version", "must be a version such as 2024-10-21, or v1");
  }
  CheckDeployments(azure, faults);
  faults.CheckChoice("azure_openai.auth", azure.auth(), {"api-key", "bearer"});
  const auto endpoint = ParseEndpoint(upstream.endpoint());
  if (endpoint &&
      (endpoint->base_path.ends_with("/openai") || endpoint->base_path.ends_with("/openai/v1"))) {
    faults.Add(
        "endpoint",
        "must be the resource itself, https://NAME.openai.azure.com: the gateway adds /openai "
        "and what follows");
  }
}

void CheckMock(const v1::Mock& mock, Faults& faults) {
  faults.CheckText("mock.reply", mock.reply(), kLongestReply, "\r\n\t");
  faults.CheckDuration("mock.first_byte_delay", mock.first_byte_delay(), Faults::Zero::kAllowed);
  faults.CheckDuration("mock.chunk_interval", mock.chunk_interval(), Faults::Zero::kAllowed);
  faults.CheckChoice("mock.mode", mock.mode(), {"canned", "echo"});
  if (!mock.fault().empty()) {
    faults.CheckChoice("mock.fault", mock.fault(),
                       {"status", "cut", "garbage", "hang", "error-event"});
  }
  if (mock.fault_percent() > 100) faults.Add("mock.fault_percent", "must be 0 to 100");
  if (mock.fault_percent() != 0 && mock.fault().empty()) {
    faults.Add("mock.fault_percent", "needs mock.fault, which says how they fail");
  }
  const bool is_status = mock.fault() == "status";
  if (mock.fault_status() != 0 && !is_status) {
    faults.Add("mock.fault_status", "is for mock.fault status");
  } else if (mock.fault_status() != 0 && (mock.fault_status() < 400 || mock.fault_status() > 599)) {
    faults.Add("mock.fault_status", "must be 400 to 599");
  }
  if (mock.has_fault_retry_after()) {
    if (!is_status) faults.Add("mock.fault_retry_after", "is for mock.fault status");
    faults.CheckDuration("mock.fault_retry_after", mock.fault_retry_after(),
                         Faults::Zero::kRefused);
  }
  if (mock.rate() > kMostRate) faults.Add("mock.rate", "must be at most 1000000");
}

}  // namespace

void CheckKind(const v1::Upstream& upstream, Faults& faults) {
  const std::string_view kind = KindOf(upstream);
  faults.CheckChoice("kind", kind, {"openai", "azure_openai", "anthropic", "replicate", "mock"});
  const auto only_for = [&](bool set, const char* field) {
    if (set && kind != field) faults.Add(field, std::string("is for kind ") + field);
    return set && kind == field;
  };
  if (only_for(upstream.has_openai(), "openai")) {
    CheckHeaderValue("openai.organization", upstream.openai().organization(), faults);
    CheckHeaderValue("openai.project", upstream.openai().project(), faults);
  }
  only_for(upstream.has_azure_openai(), "azure_openai");
  if (kind == "azure_openai") CheckAzureOpenai(upstream, faults);
  if (only_for(upstream.has_anthropic(), "anthropic")) {
    CheckHeaderValue("anthropic.version", upstream.anthropic().version(), faults);
  }
  only_for(upstream.has_replicate(), "replicate");
  if (kind == "replicate") CheckReplicate(upstream, faults);
  if (only_for(upstream.has_mock(), "mock")) CheckMock(upstream.mock(), faults);
}

}  // namespace llmgw::config
