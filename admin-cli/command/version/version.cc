#include "admin-cli/command/version/version.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/app/version.h"
#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::version {

using admin::v1::GetStatusRequest;
using admin::v1::StatusService;

Result<ExitCode> RunVersion(const VersionOptions& options, Factory& factory) {
  Json versions{{"llmctl", kVersion}};
  if (options.remote) {
    TRY_ASSIGN(AdminClient * client, factory.Admin());
    TRY_ASSIGN(auto status, client->Call(&StatusService::Stub::GetStatus, GetStatusRequest()));
    versions["controlplane"] = status.version();
  }
  if (!factory.WantsTable()) {
    factory.Print(versions);
    return ExitCode::kOk;
  }
  for (const auto& [name, text] : versions.items()) {
    factory.io().out << name << ' ' << text.get<std::string>() << std::endl;
  }
  return ExitCode::kOk;
}

void Build(CLI::App& root, CommandContext context, Runner<VersionOptions> run) {
  CLI::App* command = AddCommand(root, "version", "Show the version",
                                 "llmctl version\nllmctl version --remote -o json");
  auto options = SelectInto<VersionOptions>(command, context, std::move(run));
  command->add_flag("--remote", options->remote, "Also ask the controlplane for its own");
}

}  // namespace llmgw::admin_cli::version
