#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::upstream {

// --credential-level ID=LEVEL. `values` must outlive parsing.
CLI::Option* AddCredentialLevelFlag(CLI::App* command, std::vector<std::string>& values);

// Each credential that is named gets exactly the levels given for it; "ID=" takes them all away.
// kNotFound: the upstream has no such credential.
Status SetCredentialLevels(const std::vector<std::string>& values, config::v1::Upstream& target);

}  // namespace llmgw::admin_cli::upstream
