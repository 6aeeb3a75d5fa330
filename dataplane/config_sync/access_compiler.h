#pragma once

#include "common/base/result.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::config::v1 {
class AddressList;
class Level;
}  // namespace llmgw::config::v1

// Who may come in, as the request path uses it.
namespace llmgw::config_sync {

// An entry that can't be read is an error, though the validator let it pass: left out of a deny
// list it would let somebody in.
Result<settings::AddressRules> AddressesOf(const config::v1::AddressList& list);

settings::LevelSettings LevelOf(const config::v1::Level& level);

}  // namespace llmgw::config_sync
