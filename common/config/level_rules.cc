#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {

void CheckLevel(const v1::Level& level, Faults& faults) {
  if (auto fault = CheckName(level.name()); !fault.empty()) faults.Add("name", fault);
  faults.CheckModelPatterns("models", level.models());
}

}  // namespace llmgw::config
