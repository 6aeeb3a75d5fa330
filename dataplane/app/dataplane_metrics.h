#pragma once

#include <prometheus/collectable.h>

#include <functional>

#include "common/base/clock.h"
#include "dataplane/config_sync/config_status.h"
#include "dataplane/record/reporter/reporter.h"
#include "dataplane/settings/settings_holder.h"

namespace llmgw::app {

// How configuration and request logs stand: llmgw_config_revision, llmgw_config_age_seconds,
// llmgw_config_connected, llmgw_config_updates_total{result}, llmgw_config_objects{kind},
// llmgw_records_waiting, llmgw_records_waiting_bytes, llmgw_records_sent_total,
// llmgw_records_refused_total, llmgw_records_dropped_total, llmgw_record_calls_failed_total.
// Safe for concurrent use. What it is given must outlive it.
class DataplaneMetrics final : public prometheus::Collectable {
 public:
  // `reporter` null: there is none.
  DataplaneMetrics(const config_sync::ConfigStatus& status, const settings::SettingsHolder& holder,
                   const record::Reporter* reporter, const Clock& clock)
      : status_(status), holder_(holder), reporter_(reporter), clock_(clock) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const config_sync::ConfigStatus& status_;
  const settings::SettingsHolder& holder_;
  const record::Reporter* reporter_;
  const Clock& clock_;
};

}  // namespace llmgw::app
