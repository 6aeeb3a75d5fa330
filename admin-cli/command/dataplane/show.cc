#include "admin-cli/command/dataplane/show.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/dataplane/dataplane_state.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::dataplane {
namespace {

using admin::v1::Dataplane;
using admin::v1::DataplaneService;
using admin::v1::GetDataplaneRequest;

std::string TimeAndAge(const google::protobuf::Timestamp& time, WallTime now) {
  const std::string age = Age(time, now);
  return age.empty() ? "" : LocalTime(time) + " (" + age + ")";
}

void PrintTable(const Dataplane& d, Factory& factory) {
  FieldList fields;
  fields.Add("id", d.id());
  fields.Add("version", d.version());
  fields.Add("clients reach it at", d.address());
  fields.Add("connected",
             d.connected() ? Cell("yes, from " + d.peer(), Tone::kGood) : Cell("no", Tone::kBad));
  fields.Add("serves with revision", std::to_string(d.acked_revision()));
  fields.Add("sent revision", std::to_string(d.sent_revision()));
  fields.Add("refused", Cell(NackText(d), Tone::kBad));
  fields.Add("requests in flight", std::to_string(d.requests_in_flight()));
  fields.Add("started", TimeAndAge(d.started_at(), factory.Now()));
  fields.Add("connected at", TimeAndAge(d.connected_at(), factory.Now()));
  fields.Add("last seen", TimeAndAge(d.last_seen_at(), factory.Now()));
  fields.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetDataplaneRequest request;
  request.set_id(options.id);
  TRY_ASSIGN(Dataplane dataplane, client->Call(&DataplaneService::Stub::GetDataplane, request));
  if (factory.WantsTable()) {
    PrintTable(dataplane, factory);
  } else {
    factory.Print(ToDocument(dataplane));
  }
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command =
      AddCommand(noun, "show", "Show one dataplane", "llmctl dataplane show dp-1 -o json");
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("ID", options->id, "From `llmctl dataplane list`")->required();
}

}  // namespace llmgw::admin_cli::dataplane
