#include "dataplane/model/upstream_health.h"

namespace llmgw::model {

const char* ToString(HealthState state) {
  switch (state) {
    case HealthState::kTrial:
      return "trial";
    case HealthState::kResting:
      return "resting";
    case HealthState::kEjected:
      return "ejected";
    case HealthState::kCheckFailed:
      return "check_failed";
  }
  return "ejected";
}

}  // namespace llmgw::model
