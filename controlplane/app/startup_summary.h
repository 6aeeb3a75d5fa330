#pragma once

#include <string>
#include <vector>

#include "controlplane/app/app_options.h"

namespace llmgw::controlplane::app {

// Protections that the options turn off, as sentences.
std::vector<std::string> ProtectionsOffByOptions(const AppOptions& options);

// Logs what listens where, where state lives and which protections are off.
void LogStartupSummary(const AppOptions& options, const std::string& grpc_address,
                       const std::string& ops_address);

}  // namespace llmgw::controlplane::app
