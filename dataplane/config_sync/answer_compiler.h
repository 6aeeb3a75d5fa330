#pragma once

#include "dataplane/model/model_map.h"
#include "dataplane/settings/answer_settings.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {

// REQUIRES, of all: the resource is valid.
model::ModelMap ModelMapOf(const config::v1::Upstream& upstream);
settings::CommitPoint CommitPointOf(const config::v1::Route& route);
settings::ModelList ModelListOf(const config::v1::Route& route);

}  // namespace llmgw::config_sync
