#include "admin-cli/command/upstream/show.h"

#include <map>
#include <string>

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/upstream/health_flags.h"
#include "admin-cli/command/upstream/kind_flags.h"
#include "admin-cli/command/upstream/outbound.h"
#include "admin-cli/command/upstream/replicate.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {
namespace {

using admin::v1::GetUpstreamRequest;
using admin::v1::UpstreamEntry;
using admin::v1::UpstreamService;

constexpr char kExamples[] =
    "llmctl upstream show openai\n"
    "llmctl upstream show openai -o yaml > openai.yaml";

std::string OrDefault(const std::string& value, const char* standard) {
  return value.empty() ? std::string(standard) + " (default)" : value;
}

void AddTimeouts(const config::v1::Timeouts& timeouts, FieldList& fields) {
  const auto add = [&fields](const char* name, bool set, const auto& value) {
    if (set) fields.Add(name, DurationText(value));
  };
  add("timeout connect", timeouts.has_connect(), timeouts.connect());
  add("timeout first byte", timeouts.has_first_byte(), timeouts.first_byte());
  add("timeout first byte, stream", timeouts.has_first_byte_stream(), timeouts.first_byte_stream());
  add("timeout idle", timeouts.has_idle(), timeouts.idle());
  add("timeout total", timeouts.has_total(), timeouts.total());
}

void PrintTable(const UpstreamEntry& entry, Factory& factory) {
  const auto& u = entry.upstream();
  FieldList fields;
  fields.Add("name", u.name());
  fields.Add("kind", OrDefault(u.kind(), "openai"));
  fields.Add("endpoint", u.endpoint());
  fields.Add("state", u.disabled() ? Cell("disabled", Tone::kWarn) : Cell("enabled", Tone::kGood));
  fields.Add("credential mode", OrDefault(u.credential_mode(), "stored"));
  for (const auto& credential : u.credentials()) {
    const std::string hint =
        credential.hint().empty() ? "" : " (ends in " + credential.hint() + ")";
    const std::string levels =
        credential.levels().empty() ? "" : " for level " + Joined(credential.levels());
    fields.Add("credential", credential.id() + hint + levels);
  }
  fields.Add("headers", OrDefault(u.headers(), "all"));
  fields.Add("allow", u.allow().empty() ? "every model" : Joined(u.allow()));
  fields.Add("deny", Joined(u.deny()));
  const std::map<std::string, std::string> aliases(u.model_map().begin(), u.model_map().end());
  for (const auto& [alias, name] : aliases)
    fields.Add("model " + alias, std::string("is sent as ").append(name));
  AddTimeouts(u.timeouts(), fields);
  if (u.has_retries()) fields.Add("retries", std::to_string(u.retries()));
  if (!u.tls().ca_pem().empty()) fields.Add("tls ca", "own PEM (see -o yaml)");
  fields.Add("tls server name", u.tls().server_name());
  AddHealthFields(u.health(), fields);
  AddOutboundFields(u.outbound(), fields);
  AddReplicateFields(u.replicate(), fields);
  AddKindFields(u, fields);
  fields.Add("revision", std::to_string(entry.meta().revision()));
  fields.Add("created", LocalTime(entry.meta().created_at()));
  fields.Add("changed", LocalTime(entry.meta().updated_at()));
  fields.Print(factory.io().out, factory.io().color);
}

}  // namespace

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  GetUpstreamRequest request;
  request.set_name(options.name);
  TRY_ASSIGN(UpstreamEntry entry, client->Call(&UpstreamService::Stub::GetUpstream, request));
  if (factory.WantsTable()) {
    PrintTable(entry, factory);
  } else {
    factory.Print(ToDocument(entry));
  }
  return ExitCode::kOk;
}

void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run) {
  CLI::App* command = AddCommand(noun, "show", "Show one upstream, without its secrets", kExamples);
  auto options = SelectInto<ShowOptions>(command, context, std::move(run));
  command->add_option("NAME", options->name, "The upstream")->required();
}

}  // namespace llmgw::admin_cli::upstream
