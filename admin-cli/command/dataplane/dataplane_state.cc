#include "admin-cli/command/dataplane/dataplane_state.h"

namespace llmgw::admin_cli::dataplane {

Cell StateOf(const admin::v1::Dataplane& dataplane, uint64_t current) {
  if (!dataplane.connected()) return Cell("gone", Tone::kDim);
  if (dataplane.nacked_revision() != 0) return Cell("refused", Tone::kBad);
  if (dataplane.acked_revision() < current) return Cell("behind", Tone::kWarn);
  return Cell("current", Tone::kGood);
}

std::string NackText(const admin::v1::Dataplane& dataplane) {
  if (dataplane.nacked_revision() == 0) return "";
  const std::string field = dataplane.nack_field().empty() ? "" : dataplane.nack_field() + ": ";
  return field + dataplane.nack_reason() + " (revision " +
         std::to_string(dataplane.nacked_revision()) + ")";
}

}  // namespace llmgw::admin_cli::dataplane
