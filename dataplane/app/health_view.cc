#include "dataplane/app/health_view.h"

#include "common/daemon/units.h"

namespace llmgw::app {
namespace {

using nlohmann::ordered_json;

int64_t UnixMilliseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

ordered_json HealthRulesJson(const settings::HealthSettings& health) {
  ordered_json out{{"passive", health.passive}};
  if (health.passive) {
    out["consecutive_failures"] = health.consecutive_failures;
    out["error_percent"] = health.error_percent;
    out["min_requests"] = health.min_requests;
    out["window"] = daemon::FormatDuration(health.window);
    out["ejection"] = daemon::FormatDuration(health.ejection);
    out["max_ejection"] = daemon::FormatDuration(health.max_ejection);
  }
  if (!health.check_path.empty()) {
    out["check_path"] = health.check_path;
    out["check_interval"] = daemon::FormatDuration(health.check_interval);
    out["check_timeout"] = daemon::FormatDuration(health.check_timeout);
    out["unhealthy_after"] = health.unhealthy_after;
    out["healthy_after"] = health.healthy_after;
  }
  return out;
}

ordered_json HealthJson(const std::vector<model::UpstreamHealth>& health) {
  ordered_json out = ordered_json::array();
  for (const model::UpstreamHealth& entry : health) {
    ordered_json& item = out.emplace_back();
    item = {{"upstream", entry.upstream}};
    if (!entry.model.empty()) item["model"] = entry.model;
    if (!entry.credential_id.empty()) item["credential"] = entry.credential_id;
    item["state"] = model::ToString(entry.state);
    item["since_unix_ms"] = UnixMilliseconds(entry.since);
    if (entry.until) item["until_unix_ms"] = UnixMilliseconds(*entry.until);
    if (entry.ejections > 0) item["ejections"] = entry.ejections;
    item["cause"] = entry.cause;
  }
  return out;
}

}  // namespace llmgw::app
