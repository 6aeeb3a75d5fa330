#pragma once

#include <string>
#include <vector>

#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::admin_api {

// Protections that this configuration turns off, as sentences, in the order of the resources.
std::vector<std::string> ProtectionsOff(const store::ConfigState& state);

}  // namespace llmgw::controlplane::admin_api
