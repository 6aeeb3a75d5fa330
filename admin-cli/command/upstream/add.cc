#include "admin-cli/command/upstream/add.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "admin-cli/input/secret_source.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::upstream {
namespace {

using admin::v1::CreateUpstreamRequest;
using admin::v1::UpstreamService;
using config::v1::Upstream;

constexpr char kExamples[] =
    "llmctl upstream add openai --endpoint https://api.openai.com/v1 --key-env OPENAI_API_KEY "
    "--allow 'gpt-4o*'\n"
    "llmctl upstream add local --endpoint http://127.0.0.1:8000/v1 --credential-mode none\n"
    "llmctl upstream add pool --endpoint https://api.example.com/v1 --credential a=env:KEY_A "
    "--credential b=file:/run/key-b\n"
    "llmctl upstream add claude --kind anthropic --endpoint https://api.anthropic.com/v1 --key-env "
    "ANTHROPIC_API_KEY\n"
    "llmctl upstream add azure --kind azure_openai --endpoint https://NAME.openai.azure.com "
    "--key-env AZURE_OPENAI_API_KEY --azure-deployment gpt-4o=my-gpt-4o\n"
    "llmctl upstream add drill --kind mock --mock-fault status --mock-fault-status 503 "
    "--mock-fault-percent 20\n"
    "llmctl upstream add mock --kind mock --mock-reply 'Hello!'\n"
    "llmctl upstream add second -f second.yaml --key-env SECOND_KEY";

bool NeedsCredential(const Upstream& upstream) {
  const bool stored = upstream.credential_mode().empty() || upstream.credential_mode() == "stored";
  return stored && upstream.kind() != "mock" && upstream.credentials().empty();
}

// A person is asked for the credential that is missing; a script is told how to give it.
Status EnsureCredential(Factory& factory, Upstream& upstream) {
  if (!NeedsCredential(upstream)) return {};
  if (!factory.io().ask_secret) {
    return Fail(InvalidArgument("credentials",
                                "an upstream needs a credential: --key-env VAR, --key-file FILE or "
                                "--key-stdin, or --credential-mode passthrough|none"));
  }
  const SecretSource prompt{SecretSource::Kind::kPrompt,
                            "API key of " + upstream.name() + " (not shown): "};
  TRY_ASSIGN(SecretString secret, ReadSecret(prompt, factory.env(), factory.io()));
  upstream.add_credentials()->set_secret(secret.Reveal());
  return {};
}

Result<Upstream> BuildUpstream(const AddOptions& options, Factory& factory) {
  Upstream upstream;
  if (!options.flags.file.empty()) {
    TRY(ReadResource(options.flags.file, factory.io().in, "upstream", upstream));
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, upstream.name()));
  upstream.set_name(name);
  TRY(ApplyUpstreamFlags(options.flags, factory, upstream));
  // `upstream add mock` and `upstream add openai` mean the kind of that name.
  if (upstream.kind().empty()) upstream.set_kind(name == "mock" ? "mock" : "openai");
  TRY(EnsureCredential(factory, upstream));
  return upstream;
}

}  // namespace

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory) {
  CreateUpstreamRequest request;
  TRY_ASSIGN(*request.mutable_upstream(), BuildUpstream(options, factory));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(auto entry, client->Call(&UpstreamService::Stub::CreateUpstream, request));
  return ReportChange(factory, options.wait, entry.meta().revision(),
                      "upstream " + entry.upstream().name() + " added", ToDocument(entry));
}

void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run) {
  CLI::App* command = AddCommand(noun, "add", "Add a model provider to the gateway", kExamples);
  auto options = SelectInto<AddOptions>(command, context, std::move(run));
  AddUpstreamFlags(command, options->flags);
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::upstream
