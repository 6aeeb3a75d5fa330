#pragma once

#include <string>

#include "admin-cli/import/import_plan.h"
#include "common/base/result.h"

// The controlplane's own rules, asked before anything is changed.
namespace llmgw::admin_cli::migrate {

// What is wrong with `field` ("endpoint", "addresses") of a resource, looked at by itself; empty:
// nothing. Names of other resources are not looked up.
std::string FaultOf(const config::v1::Upstream& upstream, const std::string& field);
std::string FaultOf(const config::v1::Route& route, const std::string& field);
std::string FaultOf(const config::v1::Level& level, const std::string& field);

// 16 to 512 visible ASCII characters, as client tokens must have; empty: it does.
std::string TokenFault(const SecretString& token);

// The plan as a whole; the first fault, and how many more there are.
Status CheckPlan(const ImportPlan& plan);

}  // namespace llmgw::admin_cli::migrate
