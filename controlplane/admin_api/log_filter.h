#pragma once

#include "common/base/result.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/log_store.h"
#include "llmgw/admin/v1/log_service.pb.h"

namespace llmgw::controlplane::admin_api {

// What a caller asks for, as the store understands it: a key's name becomes its id (an unknown one
// is taken for the id of a key that is gone). kInvalidArgument for bounds that exclude everything.
Result<store::LogQuery> ToQuery(const admin::v1::LogFilter& filter,
                                const store::ConfigState& state);

}  // namespace llmgw::controlplane::admin_api
