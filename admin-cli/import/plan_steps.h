#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "admin-cli/import/import_plan.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {
class AdminClient;
}

namespace llmgw::admin_cli::migrate {

enum class StepAction {
  kCreate,
  kChange,   // the route "default" as a new controlplane has it becomes the imported one
  kSame,     // it is there as planned
  kDiffers,  // something else of that name is there; it is left alone
  kBlocked,  // it names something that differs, so it would not mean what was meant
};

const char* ToString(StepAction action);

// What is to be done about one resource of the plan.
struct ImportStep {
  StepAction action = StepAction::kCreate;
  std::string kind;  // "level", "upstream", "route", "key"
  size_t index = 0;  // in the plan's list of that kind
  std::string name;
  // With kDiffers: the fields. With kBlocked: what it names.
  std::vector<std::string> differs;
  uint64_t revision = 0;  // with kChange: the one that is replaced
};

// Compares the plan with what the controlplane has, by name; reads only. In the order in which the
// steps are to be done. Of a secret only what the controlplane shows is compared: its last or first
// characters.
Result<std::vector<ImportStep>> CompareWithStored(AdminClient& client, const ImportPlan& plan);

}  // namespace llmgw::admin_cli::migrate
