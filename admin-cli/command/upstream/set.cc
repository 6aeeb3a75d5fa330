#include "admin-cli/command/upstream/set.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {
namespace {

using admin::v1::GetUpstreamRequest;
using admin::v1::UpdateUpstreamRequest;
using admin::v1::UpstreamEntry;
using admin::v1::UpstreamService;

constexpr char kExamples[] =
    "llmctl upstream set openai --allow 'gpt-4o*' --allow o3 --timeout-idle 2m\n"
    "llmctl upstream set openai --key-env NEW_KEY\n"
    "llmctl upstream set openai --credential b=file:/run/key-b --remove-credential a\n"
    "llmctl upstream set openai --disable\n"
    "llmctl upstream set openai --proxy http://proxy:3128 --proxy-user me --proxy-password-file "
    "/run/proxy-password\n"
    "llmctl upstream set openai --clear retries --clear timeouts.idle\n"
    "llmctl upstream show openai -o yaml > openai.yaml; vi openai.yaml; llmctl upstream set -f "
    "openai.yaml";

// What the change starts from: the file, or the upstream as it is now.
Status StartFrom(const SetOptions& options, Factory& factory, AdminClient& client,
                 UpdateUpstreamRequest& request) {
  uint64_t revision = 0;
  if (!options.flags.file.empty()) {
    TRY_ASSIGN(revision, ReadResource(options.flags.file, factory.io().in, "upstream",
                                      *request.mutable_upstream()));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, request.upstream().name()));
  request.mutable_upstream()->set_name(name);
  if (revision == 0) {
    GetUpstreamRequest get;
    get.set_name(name);
    TRY_ASSIGN(UpstreamEntry entry, client.Call(&UpstreamService::Stub::GetUpstream, get));
    revision = entry.meta().revision();
    if (options.flags.file.empty())
      *request.mutable_upstream() = std::move(*entry.mutable_upstream());
  }
  request.set_expected_revision(revision);
  return {};
}

}  // namespace

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory) {
  if (options.flags.empty()) {
    return Fail(InvalidArgument("",
                                "nothing to change: name at least one field, or -f FILE; see "
                                "`llmctl upstream set --help`"));
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  UpdateUpstreamRequest request;
  TRY(StartFrom(options, factory, *client, request));
  TRY(ApplyUpstreamFlags(options.flags, factory, *request.mutable_upstream()));
  auto entry = client->Call(&UpstreamService::Stub::UpdateUpstream, request);
  if (!entry) {
    return Fail(ExplainConflict(entry.error(), "upstream " + request.upstream().name(),
                                options.flags.file));
  }
  return ReportChange(factory, options.wait, entry->meta().revision(),
                      "upstream " + entry->upstream().name() + " changed", ToDocument(*entry));
}

void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run) {
  CLI::App* command =
      AddCommand(noun, "set", "Change fields of an upstream; what is not named stays", kExamples);
  auto options = SelectInto<SetOptions>(command, context, std::move(run));
  AddUpstreamFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::upstream
