#include <string>

#include "common/config/resource_rules.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestCheckPath = 2048;
constexpr uint32_t kMostCounted = 1'000'000;

void CheckCount(const char* field, bool set, uint32_t value, uint32_t most, Faults& faults) {
  if (set && (value == 0 || value > most))
    faults.Add(field, "must be from 1 to " + std::to_string(most));
}

double Seconds(const google::protobuf::Duration& duration) {
  return static_cast<double>(duration.seconds()) + duration.nanos() / 1e9;
}

// What a request line can hold as it is: no space, no control or non-ASCII character, no fragment.
bool IsRequestTarget(const std::string& path) {
  if (!path.starts_with('/')) return false;
  for (const char c : path) {
    if (c <= ' ' || c > '~' || c == '#') return false;
  }
  return true;
}

void CheckActive(const v1::Health& health, bool has_endpoint, Faults& faults) {
  if (health.check_path().empty()) {
    if (health.has_check_interval() || health.has_check_timeout() || health.has_unhealthy_after() ||
        health.has_healthy_after()) {
      faults.Add("health.check_path", "is needed for the other settings of active checks");
    }
    return;
  }
  if (!has_endpoint) faults.Add("health.check_path", "needs an upstream with an endpoint");
  if (health.check_path().size() > kLongestCheckPath)
    faults.Add("health.check_path", "must have at most 2048 characters");
  if (!IsRequestTarget(health.check_path()))
    faults.Add("health.check_path", "must start with '/' and have no space or '#': /v1/models");
  if (health.has_check_interval() && Seconds(health.check_interval()) < 0.1)
    faults.Add("health.check_interval", "must be at least 100ms");
}

}  // namespace

void CheckHealth(const v1::Health& health, bool has_endpoint, Faults& faults) {
  CheckCount("health.consecutive_failures", health.has_consecutive_failures(),
             health.consecutive_failures(), kMostCounted, faults);
  CheckCount("health.error_percent", health.has_error_percent(), health.error_percent(), 100,
             faults);
  CheckCount("health.min_requests", health.has_min_requests(), health.min_requests(), kMostCounted,
             faults);
  CheckCount("health.unhealthy_after", health.has_unhealthy_after(), health.unhealthy_after(),
             kMostCounted, faults);
  CheckCount("health.healthy_after", health.has_healthy_after(), health.healthy_after(),
             kMostCounted, faults);
  const auto duration = [&](bool set, const char* field, const google::protobuf::Duration& value) {
    if (set) faults.CheckDuration(field, value, Faults::Zero::kRefused);
  };
  duration(health.has_window(), "health.window", health.window());
  duration(health.has_ejection(), "health.ejection", health.ejection());
  duration(health.has_max_ejection(), "health.max_ejection", health.max_ejection());
  duration(health.has_check_interval(), "health.check_interval", health.check_interval());
  duration(health.has_check_timeout(), "health.check_timeout", health.check_timeout());
  const double ejection = health.has_ejection() ? Seconds(health.ejection()) : 5;
  const double most = health.has_max_ejection() ? Seconds(health.max_ejection()) : 300;
  if (most < ejection)
    faults.Add("health.max_ejection", "must not be shorter than health.ejection (default 5s)");
  CheckActive(health, has_endpoint, faults);
}

}  // namespace llmgw::config
