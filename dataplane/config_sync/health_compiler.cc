#include "dataplane/config_sync/health_compiler.h"

#include <algorithm>

namespace llmgw::config_sync {
namespace {

using std::chrono::milliseconds;

// A positive wait shorter than our clock's unit must not become nothing.
void Set(milliseconds& to, const google::protobuf::Duration& from) {
  to = std::max(milliseconds(from.seconds() * 1000 + from.nanos() / 1'000'000), milliseconds(1));
}

}  // namespace

settings::HealthSettings HealthOf(const config::v1::Health& health) {
  settings::HealthSettings out;
  out.passive = !health.passive_disabled();
  if (health.has_consecutive_failures()) out.consecutive_failures = health.consecutive_failures();
  if (health.has_error_percent()) out.error_percent = health.error_percent();
  if (health.has_min_requests()) out.min_requests = health.min_requests();
  if (health.has_window()) Set(out.window, health.window());
  if (health.has_ejection()) Set(out.ejection, health.ejection());
  if (health.has_max_ejection()) Set(out.max_ejection, health.max_ejection());
  out.check_path = health.check_path();
  if (health.has_check_interval()) Set(out.check_interval, health.check_interval());
  if (health.has_check_timeout()) Set(out.check_timeout, health.check_timeout());
  if (health.has_unhealthy_after()) out.unhealthy_after = health.unhealthy_after();
  if (health.has_healthy_after()) out.healthy_after = health.healthy_after();
  return out;
}

}  // namespace llmgw::config_sync
