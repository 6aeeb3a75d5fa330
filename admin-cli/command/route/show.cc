#include "admin-cli/command/route/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/route/choosing_flags.h"
#include "admin-cli/input/address_flags.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::admin_cli::route {
namespace {

using admin::v1::GetRouteRequest;
using admin::v1::RouteEntry;
using admin::v1::RouteService;

std::string OrElse(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

std::string CorsText(const config::v1::Cors& cors) {
  if (cors.disabled()) return "off";
  return OrElse(Joined(cors.allow_origins()), "any origin (default)");
}

void PrintTable(const RouteEntry& entry, Factory& factory) {
  const auto& r = entry.route();
  FieldList fields;
  fields.Add("name", r.name());
  fields.Add("prefix", r.prefix());
  fields.Add("host", OrElse(r.host(), "any"));
  fields.Add("state", r.disabled() ? Cell("disabled", Tone::kWarn) : Cell("enabled", Tone::kGood));
  fields.Add("upstreams", OrElse(Joined(r.upstreams()), "all, in the order of creation"));
  fields.Add("policy", PolicyText(r));
  fields.Add("retry on",
             OrElse(Joined(r.retry_on()), "connect, timeout, reset, 429, 5xx, 401, 403 (default)"));
  fields.Add("retry budget", RetryBudgetText(r));
  fields.Add("auth", r.auth() == "none"
                         ? Cell("none: open to everybody who reaches it", Tone::kWarn)
                         : Cell("keys"));
  fields.Add("cors", CorsText(r.cors()));
  fields.Add("commit", OrElse(r.commit(), "first-content (default)"));
  fields.Add("models", OrElse(r.models(), "upstream (default)"));
  fields.Add("log policy", OrElse(r.log_policy(), "metadata (default)"));
  AddAddressFields(r.addresses(), fields);
  fields.Add("revision", std::to_string(entry.meta().revision()));
  fields.Add("created", LocalTime(entry.meta().created_at()));
  fields.Add("changed", LocalTime(entry.meta().updated_at()));
  fields.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetRouteRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(RouteEntry entry, client->Call(&RouteService::Stub::GetRoute, request));
  if (factory.WantsTable()) {
    PrintTable(entry, factory);
  } else {
    factory.Print(ToDocument(entry));
  }
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(noun, "show", "Show one route",
                                 "llmctl route show default\n"
                                 "llmctl route show default -o yaml > route.yaml");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The route")->required();
}

}  // namespace llmgw::admin_cli::route
