#pragma once

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::controlplane::model {

// Resources as the admin API shows them. Everything that an answer holds goes through here, so that
// there is one place to look at when asking whether a secret can get out.
config::v1::Upstream WithoutSecrets(const config::v1::Upstream& upstream);
config::v1::ClientKey WithoutSecrets(const config::v1::ClientKey& key);

}  // namespace llmgw::controlplane::model
