#include "admin-cli/command/upstream/list.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/client/paging.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {
namespace {

using admin::v1::ListUpstreamsRequest;
using admin::v1::UpstreamEntry;
using admin::v1::UpstreamService;

constexpr char kExamples[] =
    "llmctl upstream list\n"
    "llmctl upstream list --kind openai -o json | jq -r '.upstreams[].upstream.name'";

std::string CredentialText(const config::v1::Upstream& upstream) {
  const std::string& mode = upstream.credential_mode();
  if (!mode.empty() && mode != "stored") return mode;
  std::string ids;
  for (const auto& credential : upstream.credentials()) {
    ids += (ids.empty() ? "" : ", ") + credential.id();
  }
  return ids;
}

}  // namespace

Result<ExitCode> RunList(const ListOptions& options, Factory& factory) {
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  ListUpstreamsRequest request;
  request.set_name_contains(options.name_contains);
  request.set_kind(options.kind);
  Json entries = Json::array();
  Table table({"NAME", "KIND", "ENDPOINT", "CREDENTIALS", "ALLOW", "DENY", "STATE", "CHANGED"});
  TRY(ForEachEntry(
      request, kEverything,
      [&](const auto& page) { return client->Call(&UpstreamService::Stub::ListUpstreams, page); },
      [](auto& response) { return response.mutable_upstreams(); },
      [&](const UpstreamEntry& entry) {
        const auto& u = entry.upstream();
        table.Row({u.name(), u.kind(), u.endpoint(), CredentialText(u), Joined(u.allow()),
                   Joined(u.deny()),
                   u.disabled() ? Cell("disabled", Tone::kWarn) : Cell("enabled", Tone::kGood),
                   Age(entry.meta().updated_at(), factory.Now())});
        entries.push_back(ToDocument(entry));
        return true;
      }));
  if (!factory.WantsTable()) {
    factory.Print(Json{{"upstreams", std::move(entries)}});
  } else if (entries.empty()) {
    factory.Note("no upstreams; add one: llmctl upstream add --help");
  } else {
    table.Print(factory.io().out, factory.io().color);
  }
  return ExitCode::kOk;
}

void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run) {
  CLI::App* command = AddCommand(noun, "list", "List upstreams", kExamples);
  auto options = SelectInto<ListOptions>(command, context, std::move(run));
  command->add_option("--name-contains", options->name_contains, "Only names with this in them");
  command->add_option("--kind", options->kind, "Only this kind");
}

}  // namespace llmgw::admin_cli::upstream
