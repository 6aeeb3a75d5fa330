#pragma once

#include <string>
#include <vector>

#include "dataplane/app/options.h"
#include "dataplane/config_sync/config_status.h"
#include "dataplane/model/upstream_health.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::app {

// Who this process is and where it really listens.
struct Identity {
  std::string id;
  std::string version;
  std::string http_address;
  std::string ops_address;
};

// The effective settings as JSON for /config, and what `health` says is left alone: no secret, no
// key. `settings` may be null.
std::string ConfigJson(const DataplaneOptions& options, const Identity& identity,
                       const config_sync::ConfigStatusValues& status,
                       const settings::RuntimeSettings* settings,
                       const std::vector<model::UpstreamHealth>& health = {});

// What an operator should know is not protected, one sentence each. `settings` may be null.
std::vector<std::string> OpenDoors(const DataplaneOptions& options,
                                   const settings::RuntimeSettings* settings);

}  // namespace llmgw::app
