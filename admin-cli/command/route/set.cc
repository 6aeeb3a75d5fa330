#include "admin-cli/command/route/set.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::admin_cli::route {
namespace {

using admin::v1::GetRouteRequest;
using admin::v1::RouteEntry;
using admin::v1::RouteService;
using admin::v1::UpdateRouteRequest;

constexpr char kExamples[] =
    "llmctl route set default --upstream backup --upstream openai\n"
    "llmctl route set default --log-policy bodies\n"
    "llmctl route set default --clear retry_on\n"
    "llmctl route show default -o yaml > r.yaml; vi r.yaml; llmctl route set -f r.yaml";

// What the change starts from: the file, or the route as it is now.
Status StartFrom(const SetOptions& options, Factory& factory, AdminClient& client,
                 UpdateRouteRequest& request) {
  uint64_t revision = 0;
  if (!options.flags.file.empty()) {
    TRY_ASSIGN(revision, ReadResource(options.flags.file, factory.io().in, "route",
                                      *request.mutable_route()));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, request.route().name()));
  request.mutable_route()->set_name(name);
  if (revision == 0) {
    GetRouteRequest get;
    get.set_name(name);
    TRY_ASSIGN(RouteEntry entry, client.Call(&RouteService::Stub::GetRoute, get));
    revision = entry.meta().revision();
    if (options.flags.file.empty()) *request.mutable_route() = std::move(*entry.mutable_route());
  }
  request.set_expected_revision(revision);
  return {};
}

}  // namespace

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory) {
  if (options.flags.empty()) {
    return Fail(InvalidArgument("",
                                "nothing to change: name at least one field, or -f FILE; see "
                                "`llmctl route set --help`"));
  }
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  UpdateRouteRequest request;
  TRY(StartFrom(options, factory, *client, request));
  TRY(options.flags.edits.ApplyTo(*request.mutable_route()));
  auto entry = client->Call(&RouteService::Stub::UpdateRoute, request);
  if (!entry) {
    return Fail(
        ExplainConflict(entry.error(), "route " + request.route().name(), options.flags.file));
  }
  return ReportChange(factory, options.wait, entry->meta().revision(),
                      "route " + entry->route().name() + " changed", ToDocument(*entry));
}

void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run) {
  CLI::App* command =
      AddCommand(noun, "set", "Change fields of a route; what is not named stays", kExamples);
  auto options = SelectInto<SetOptions>(command, context, std::move(run));
  AddRouteFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::route
