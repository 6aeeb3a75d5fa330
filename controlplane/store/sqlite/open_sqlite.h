#pragma once

#include <memory>
#include <string>

#include "controlplane/store/open_stores.h"

namespace llmgw::controlplane::store {

// See OpenStores; `path` is what follows "sqlite:".
Result<std::unique_ptr<Stores>> OpenSqlite(const std::string& path, const Clock& clock);

}  // namespace llmgw::controlplane::store
