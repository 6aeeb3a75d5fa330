#pragma once

#include <prometheus/collectable.h>

#include <vector>

#include "dataplane/accept/gateway.h"
#include "dataplane/settings/settings_holder.h"

namespace llmgw::app {

// How healthy the upstreams are, for each that is configured:
//   llmgw_upstream_ejected{upstream}: what is ejected or on trial: the upstream as a whole, or
//   models of it; 0: nothing llmgw_upstream_check_failed{upstream}: 1 while its active checks fail;
//   only where there are some llmgw_upstream_credentials_resting{upstream}: credentials refused or
//   out of quota
// Safe for concurrent use. Both must outlive it.
class HealthMetrics final : public prometheus::Collectable {
 public:
  HealthMetrics(const accept::Gateway& gateway, const settings::SettingsHolder& holder)
      : gateway_(gateway), holder_(holder) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const accept::Gateway& gateway_;
  const settings::SettingsHolder& holder_;
};

}  // namespace llmgw::app
