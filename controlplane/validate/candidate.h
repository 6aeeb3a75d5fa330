#pragma once

#include <optional>

#include "common/base/result.h"
#include "controlplane/store/config_store.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::controlplane::validate {

// Checks the configuration as it would be: `current` with the resource `id` replaced by `body`, or
// without it. Secrets of `current` are taken as present, because they are sealed; those of `body`
// are looked at. kInvalidArgument with the first fault's field; the message has the others too.
Status CheckCandidate(const store::ConfigState& current, const store::ResourceId& id,
                      const std::optional<config::v1::Resource>& body);

}  // namespace llmgw::controlplane::validate
