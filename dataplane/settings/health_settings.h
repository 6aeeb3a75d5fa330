#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace llmgw::settings {

// When an upstream is left alone for a while. What each field does, and its default:
// proto/llmgw/config/v1/resources.proto, message Health.
struct HealthSettings {
  bool passive = true;
  uint32_t consecutive_failures = 5;
  uint32_t error_percent = 50;
  uint32_t min_requests = 20;
  std::chrono::milliseconds window{10'000};
  std::chrono::milliseconds ejection{5'000};
  std::chrono::milliseconds max_ejection{300'000};

  // Active checks; without a path there are none.
  std::string check_path;
  std::chrono::milliseconds check_interval{10'000};
  std::chrono::milliseconds check_timeout{5'000};
  uint32_t unhealthy_after = 3;
  uint32_t healthy_after = 2;

  bool operator==(const HealthSettings&) const = default;
};

}  // namespace llmgw::settings
