#include "admin-cli/command/route/add.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::admin_cli::route {
namespace {

using admin::v1::CreateRouteRequest;
using admin::v1::RouteService;

constexpr char kExamples[] =
    "llmctl route add default --prefix /v1\n"
    "llmctl route add chat --prefix /v1/chat --upstream openai --upstream backup --retry-on 5xx "
    "--retry-on 429\n"
    "llmctl route add tenant --prefix /v1 --host llm.example.com --log-policy none";

}  // namespace

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory) {
  CreateRouteRequest request;
  auto& route = *request.mutable_route();
  if (!options.flags.file.empty()) {
    TRY(ReadResource(options.flags.file, factory.io().in, "route", route));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, route.name()));
  route.set_name(name);
  TRY(options.flags.edits.ApplyTo(route));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(auto entry, client->Call(&RouteService::Stub::CreateRoute, request));
  return ReportChange(factory, options.wait, entry.meta().revision(),
                      "route " + entry.route().name() + " added", ToDocument(entry));
}

void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run) {
  CLI::App* command = AddCommand(noun, "add", "Map a path prefix to upstreams", kExamples);
  auto options = SelectInto<AddOptions>(command, context, std::move(run));
  AddRouteFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::route
