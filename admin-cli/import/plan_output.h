#pragma once

#include <string>
#include <vector>

#include "admin-cli/import/plan_steps.h"
#include "admin-cli/output/document.h"

namespace llmgw::admin_cli {
class Factory;
}

namespace llmgw::admin_cli::migrate {

// The plan as one document: steps with their resources, and what was not carried over. Without
// secrets.
Json ImportDocument(const ImportPlan& plan, const std::vector<ImportStep>& steps);

// The same for people: a table, then what was not carried over and why.
void PrintImport(Factory& factory, const ImportPlan& plan, const std::vector<ImportStep>& steps);

}  // namespace llmgw::admin_cli::migrate
