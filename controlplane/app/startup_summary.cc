#include "controlplane/app/startup_summary.h"

#include <spdlog/spdlog.h>

namespace llmgw::controlplane::app {

std::vector<std::string> ProtectionsOffByOptions(const AppOptions& options) {
  std::vector<std::string> warnings;
  if (!options.HasTls() && !daemon::IsLoopback(options.listen.host)) {
    warnings.push_back("gRPC on " + options.listen.ToString() +
                       " is plaintext: tokens and secrets are readable on the network");
  }
  if (!daemon::IsLoopback(options.ops_listen.host)) {
    warnings.push_back("the ops endpoints on " + options.ops_listen.ToString() +
                       " can be reached from the network without a credential");
  }
  if (options.database_password_in_arguments) {
    warnings.emplace_back(
        "the database's password is in --database, where every user of this machine can read it; "
        "give the URL through LLMGW_DATABASE or the YAML file");
  }
  return warnings;
}

void LogStartupSummary(const AppOptions& options, const std::string& grpc_address,
                       const std::string& ops_address) {
  std::string database = options.DatabaseUrl();
  bool sqlite = database.rfind("sqlite:", 0) == 0;
  spdlog::info("llmgw-controlplane {}", LLMGW_VERSION);
  spdlog::info("  gRPC for dataplanes and llmctl: {}, {}", grpc_address,
               options.HasTls() ? "TLS" : "plaintext");
  spdlog::info("  metrics and health: http://{}", ops_address);
  // A PostgreSQL URL may hold a password.
  spdlog::info("  database: {}", sqlite ? database : "PostgreSQL");
  spdlog::info("  data folder: {} (admin.token, dataplane.token)", options.data_dir);
  spdlog::info("  sealing key: {}",
               options.sealing_key.empty() ? options.SealingKeyFile() : "from LLMGW_SEALING_KEY");
  for (const auto& warning : ProtectionsOffByOptions(options)) {
    spdlog::warn("  protection off: {}", warning);
  }
}

}  // namespace llmgw::controlplane::app
