#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace llmgw::model {

// Why something of an upstream is left alone.
enum class HealthState : uint8_t {
  kTrial,        // it was ejected; the next request, or the one that is under way, tries it
  kResting,      // a credential that was refused or is out of quota
  kEjected,      // its requests failed
  kCheckFailed,  // its active checks failed
};

// "trial", "resting", "ejected", "check_failed".
const char* ToString(HealthState state);

// One thing that is left alone, as it is reported. Field meanings: proto/llmgw/config/v1, message
// UpstreamHealth.
struct UpstreamHealth {
  std::string upstream;
  std::string model;          // empty: whatever the model
  std::string credential_id;  // empty: whatever the credential
  HealthState state = HealthState::kEjected;
  std::chrono::system_clock::time_point since;
  std::optional<std::chrono::system_clock::time_point> until{};
  uint32_t ejections = 0;
  std::string cause;

  bool operator==(const UpstreamHealth&) const = default;
};

}  // namespace llmgw::model
