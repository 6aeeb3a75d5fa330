#include "dataplane/config_sync/access_compiler.h"

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {

Result<settings::AddressRules> AddressesOf(const config::v1::AddressList& list) {
  settings::AddressRules out;
  if (!list.allow().empty()) {
    TRY_ASSIGN(out.allow, net::IpRanges::Parse({list.allow().begin(), list.allow().end()}));
  }
  if (!list.deny().empty()) {
    TRY_ASSIGN(out.deny, net::IpRanges::Parse({list.deny().begin(), list.deny().end()}));
  }
  return out;
}

settings::LevelSettings LevelOf(const config::v1::Level& level) {
  return {level.name(), {level.models().begin(), level.models().end()}};
}

}  // namespace llmgw::config_sync
