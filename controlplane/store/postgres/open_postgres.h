#pragma once

#include <memory>
#include <string>

#include "controlplane/store/open_stores.h"

namespace llmgw::controlplane::store {

// See OpenStores.
Result<std::unique_ptr<Stores>> OpenPostgres(const std::string& url, const Clock& clock);

}  // namespace llmgw::controlplane::store
