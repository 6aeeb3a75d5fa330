#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "dataplane/settings/mock_rate.h"

// What only upstreams of one kind have. Field meanings: proto/llmgw/config/v1, messages
// OpenaiOptions and so on.
namespace llmgw::settings {

enum class UpstreamKind : uint8_t { kOpenai, kAzureOpenai, kAnthropic, kReplicate, kMock };

// As the configuration names them.
constexpr const char* ToString(UpstreamKind kind) {
  switch (kind) {
    case UpstreamKind::kOpenai:
      return "openai";
    case UpstreamKind::kAzureOpenai:
      return "azure_openai";
    case UpstreamKind::kAnthropic:
      return "anthropic";
    case UpstreamKind::kReplicate:
      return "replicate";
    case UpstreamKind::kMock:
      return "mock";
  }
  return "";
}

struct OpenaiSettings {
  std::string organization;  // empty: no header
  std::string project;
};

struct AzureOpenaiSettings {
  std::string api_version = "2024-10-21";
  bool v1_paths = false;  // "/openai/v1", without versions and deployments
  std::map<std::string, std::string, std::less<>> deployments;
  bool bearer = false;  // the credential is a token of Microsoft Entra ID
};

struct AnthropicSettings {
  std::string version = "2023-06-01";
};

enum class MockMode : uint8_t { kCanned, kEcho };
enum class MockFault : uint8_t { kNone, kStatus, kCut, kGarbage, kHang, kErrorEvent };

struct MockSettings {
  std::string reply;
  std::chrono::milliseconds first_byte_delay{0};
  std::chrono::milliseconds chunk_interval{20};
  MockMode mode = MockMode::kCanned;
  MockFault fault = MockFault::kNone;
  uint32_t fault_percent = 100;
  int fault_status = 500;
  std::chrono::seconds fault_retry_after{0};  // 0: no Retry-After
  std::shared_ptr<MockRate> rate;             // null: any number of requests
};

}  // namespace llmgw::settings
