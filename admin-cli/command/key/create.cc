#include "admin-cli/command/key/create.h"

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/change/named_resource.h"
#include "admin-cli/input/resource_file.h"
#include "admin-cli/input/secret_source.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"

namespace llmgw::admin_cli::key {
namespace {

using admin::v1::CreateKeyRequest;
using admin::v1::CreateKeyResponse;
using admin::v1::KeyService;

constexpr char kExamples[] =
    "llmctl key create my-app\n"
    "llmctl key create team-a --allow 'gpt-4o*' --route chat --expires 30d\n"
    "llmctl key create my-app -q > my-app.key      # the token and nothing else\n"
    "llmctl key create moved --token-env OLD_TOKEN   # keep an existing token working";

SecretSource TokenSource(const CreateOptions& options) {
  if (options.token_stdin) return {SecretSource::Kind::kStdin, ""};
  if (!options.token_env.empty()) return {SecretSource::Kind::kEnv, options.token_env};
  if (!options.token_file.empty()) return {SecretSource::Kind::kFile, options.token_file};
  return {};
}

Result<CreateKeyRequest> BuildRequest(const CreateOptions& options, Factory& factory) {
  CreateKeyRequest request;
  auto& key = *request.mutable_key();
  if (!options.flags.file.empty()) {
    TRY(ReadResource(options.flags.file, factory.io().in, "key", key));
    // Of the key that the file shows; this one gets its own.
    key.clear_id();
    key.clear_prefix();
  }
  TRY_ASSIGN(const std::string name, SettleName(options.flags.name, key.name()));
  key.set_name(name);
  TRY(ApplyKeyFlags(options.flags, factory.Now(), key));
  TRY_ASSIGN(SecretString token, ReadSecret(TokenSource(options), factory.env(), factory.io()));
  request.set_token(token.Reveal());
  return request;
}

// The token is shown before anything else can fail: it can't be had again.
void PrintToken(const CreateKeyResponse& response, Factory& factory) {
  IoStreams& io = factory.io();
  if (response.token().empty()) return;
  if (factory.globals().quiet) {
    io.out << response.token() << std::endl;
    return;
  }
  io.out << "token: " << response.token() << '\n'
         << "This is shown once and stored nowhere; keep it now." << std::endl;
}

}  // namespace

Result<ExitCode> RunCreate(const CreateOptions& options, Factory& factory) {
  TRY_ASSIGN(CreateKeyRequest request, BuildRequest(options, factory));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  TRY_ASSIGN(CreateKeyResponse response, client->Call(&KeyService::Stub::CreateKey, request));
  if (factory.WantsTable()) PrintToken(response, factory);
  const auto& entry = response.entry();
  Json document = ToDocument(entry);
  if (!response.token().empty()) document["token"] = response.token();
  return ReportChange(factory, options.wait, entry.meta().revision(),
                      "key " + entry.key().name() + " created, id " + entry.key().id(),
                      std::move(document));
}

void BuildCreate(CLI::App& noun, CommandContext context, Runner<CreateOptions> run) {
  CLI::App* command =
      AddCommand(noun, "create", "Make a key for a client; prints its token once", kExamples);
  auto options = SelectInto<CreateOptions>(command, context, std::move(run));
  command->add_option("NAME", options->flags.name, "A name for people: my-app");
  AddKeyFlags(command, options->flags);
  const char* group = "An existing token to keep working (never an argument)";
  auto* in = command->add_flag("--token-stdin", options->token_stdin, "It is on standard input");
  auto* env = command->add_option("--token-env", options->token_env, "… in this variable");
  auto* file = command->add_option("--token-from-file", options->token_file, "… in this file");
  in->group(group)->excludes(env)->excludes(file);
  env->type_name("VAR")->group(group)->excludes(file);
  file->type_name("FILE")->group(group);
  for (const char* flag : {"--token", "--key", "--secret"}) {
    RefuseSecret(command, flag, "--token-env VAR, --token-stdin or --token-from-file FILE");
  }
  AddWaitFlags(command, options->wait);
}

}  // namespace llmgw::admin_cli::key
