#include "admin-cli/command/key/key_state.h"

#include "admin-cli/output/human.h"
#include "common/rpc/timestamp.h"

namespace llmgw::admin_cli::key {

Cell StateOf(const config::v1::ClientKey& key, WallTime now) {
  if (key.disabled()) return Cell("revoked", Tone::kWarn);
  if (key.has_expires_at() && rpc::ToWallTime(key.expires_at()) <= now)
    return Cell("expired", Tone::kWarn);
  return Cell("active", Tone::kGood);
}

}  // namespace llmgw::admin_cli::key
