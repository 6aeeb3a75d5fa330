#include "admin-cli/command/upstream/health_flags.h"

#include "admin-cli/output/human.h"

namespace llmgw::admin_cli::upstream {

void AddHealthFlags(CLI::App* command, FieldEdits& edits) {
  constexpr char kPassive[] = "Health: when failing requests eject it";
  constexpr char kActive[] = "Health: active checks";
  const auto value = [&](const char* group, const char* type, const char* flag, const char* path,
                         const char* help) {
    edits.Text(command, flag, path, help)->type_name(type)->group(group);
  };
  edits
      .Fixed(command, "--health-passive-off", "health.passive_disabled", "true",
             "Never leave it alone for failures")
      ->group(kPassive);
  edits
      .Fixed(command, "--health-passive-on", "health.passive_disabled", "false",
             "Leave it alone when it keeps failing (default)")
      ->group(kPassive);
  value(kPassive, "N", "--health-failures", "health.consecutive_failures",
        "Failures in a row that eject, for each model (default 5)");
  value(kPassive, "PERCENT", "--health-error-percent", "health.error_percent",
        "… or this share of the requests in the window (default 50)");
  value(kPassive, "N", "--health-min-requests", "health.min_requests",
        "… once there are so many (default 20)");
  value(kPassive, "DURATION", "--health-window", "health.window", "The window (default 10s)");
  value(kPassive, "DURATION", "--health-ejection", "health.ejection",
        "For how long the first time; doubled each time it fails again (default 5s)");
  value(kPassive, "DURATION", "--health-max-ejection", "health.max_ejection",
        "… up to this (default 5m)");

  value(kActive, "PATH", "--health-check", "health.check_path",
        "Ask this path of its host with GET, with the first credential; not 2xx is a failure. "
        "Empty: no checks (default)");
  value(kActive, "DURATION", "--health-check-interval", "health.check_interval",
        "How often (default 10s)");
  value(kActive, "DURATION", "--health-check-timeout", "health.check_timeout",
        "How long the answer may take (default 5s)");
  value(kActive, "N", "--health-unhealthy-after", "health.unhealthy_after",
        "Failures in a row after which it is left alone (default 3)");
  value(kActive, "N", "--health-healthy-after", "health.healthy_after",
        "Successes in a row after which it is used again (default 2)");
}

void AddHealthFields(const config::v1::Health& health, FieldList& fields) {
  const auto number = [&](const char* name, bool set, uint32_t value) {
    if (set) fields.Add(name, std::to_string(value));
  };
  const auto span = [&](const char* name, bool set, const auto& value) {
    if (set) fields.Add(name, DurationText(value));
  };
  if (health.passive_disabled()) fields.Add("health, passive", Cell("off", Tone::kWarn));
  number("health failures", health.has_consecutive_failures(), health.consecutive_failures());
  number("health error percent", health.has_error_percent(), health.error_percent());
  number("health min requests", health.has_min_requests(), health.min_requests());
  span("health window", health.has_window(), health.window());
  span("health ejection", health.has_ejection(), health.ejection());
  span("health max ejection", health.has_max_ejection(), health.max_ejection());
  fields.Add("health check", health.check_path());
  span("health check interval", health.has_check_interval(), health.check_interval());
  span("health check timeout", health.has_check_timeout(), health.check_timeout());
  number("health unhealthy after", health.has_unhealthy_after(), health.unhealthy_after());
  number("health healthy after", health.has_healthy_after(), health.healthy_after());
}

}  // namespace llmgw::admin_cli::upstream
