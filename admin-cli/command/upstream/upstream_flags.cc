#include "admin-cli/command/upstream/upstream_flags.h"

#include "admin-cli/app/command.h"
#include "admin-cli/app/factory.h"
#include "admin-cli/command/upstream/credential_levels.h"
#include "admin-cli/command/upstream/health_flags.h"
#include "admin-cli/command/upstream/kind_flags.h"
#include "admin-cli/command/upstream/replicate.h"
#include "admin-cli/input/secret_source.h"

namespace llmgw::admin_cli::upstream {
namespace {

using config::v1::Credential;
using config::v1::Upstream;

constexpr char kWays[] = "--key-env VAR, --key-file FILE, --key-stdin or --key-prompt";

void AddFieldFlags(CLI::App* command, FieldEdits& edits) {
  edits.Text(command, "--kind", "kind",
             "What it speaks: openai (default; any compatible server), azure_openai, anthropic, "
             "replicate or mock");
  edits.Text(command, "--endpoint", "endpoint", "Base URL: https://api.openai.com/v1")
      ->type_name("URL");
  edits.Text(command, "--credential-mode", "credential_mode",
             "stored (default), passthrough (the client's own) or none");
  edits.Text(command, "--headers", "headers",
             "Request headers passed on: all (default) or minimal");
  edits
      .List(command, "--allow", "allow",
            "Models that may be sent here: names, or a prefix with '*'. Repeatable; replaces the "
            "list")
      ->type_name("MODEL");
  edits.List(command, "--deny", "deny", "Models that may not; checked after --allow")
      ->type_name("MODEL");
  edits
      .Map(command, "--map", "model_map",
           "A name that clients use and the upstream's own: fast=gpt-4o-mini, or with '*' at both "
           "ends, or-*=openrouter/*. Repeatable; replaces the map, --map= empties it")
      ->type_name("ALIAS=NAME");
  edits
      .Text(command, "--retries", "retries",
            "More tries after a connection failure, 0 to 10 (default: 3 when no other candidate)")
      ->type_name("N");
  edits.Fixed(command, "--disable", "disabled", "true", "Keep it, but never choose it");
  edits.Fixed(command, "--enable", "disabled", "false", "Choose it again");
  edits.ClearFlag(command);

  const auto timeout = [&](const char* flag, const char* path, const char* help) {
    edits.Text(command, flag, path, help)->type_name("DURATION")->group("Timeouts");
  };
  timeout("--timeout-connect", "timeouts.connect", "TCP and TLS, per address (default 10s)");
  timeout("--timeout-first-byte", "timeouts.first_byte", "Until the response head (default 120s)");
  timeout("--timeout-first-byte-stream", "timeouts.first_byte_stream",
          "The same for streams (default 10s)");
  timeout("--timeout-idle", "timeouts.idle", "Between two reads of a body (default 300s)");
  timeout("--timeout-total", "timeouts.total", "One attempt as a whole (default 1h)");

  edits.FileText(command, "--tls-ca-file", "tls.ca_pem", "PEM of the only CAs trusted for it")
      ->group("TLS to the upstream");
  edits
      .Text(command, "--tls-server-name", "tls.server_name",
            "Name in its certificate, when it is not the endpoint's host")
      ->group("TLS to the upstream");

  AddKindFlags(command, edits);
}

void AddCredentialFlags(CLI::App* command, UpstreamFlags& flags) {
  const char* group = "Credentials (never an argument)";
  auto* env =
      command->add_option("--key-env", flags.key_env, "Its API key is in this environment variable")
          ->type_name("VAR")
          ->group(group);
  auto* file = command->add_option("--key-file", flags.key_file, "… in this file")
                   ->type_name("FILE")
                   ->group(group);
  auto* in = command->add_flag("--key-stdin", flags.key_stdin, "… on standard input")->group(group);
  auto* prompt =
      command->add_flag("--key-prompt", flags.key_prompt, "… typed in, unseen")->group(group);
  for (auto* a : {env, file, in, prompt}) {
    for (auto* b : {env, file, in, prompt}) {
      if (a != b) a->excludes(b);
    }
  }
  command
      ->add_option(
          "--credential", flags.credentials,
          "One of several keys: ID=env:VAR or ID=file:FILE; adds it or replaces its secret. "
          "Repeatable")
      ->allow_extra_args(false)
      ->type_name("ID=SOURCE")
      ->group(group);
  AddList(command, "--remove-credential", flags.remove_credentials, "Drop the key with this id")
      ->type_name("ID")
      ->group(group);
  AddCredentialLevelFlag(command, flags.credential_levels)->group(group);
  for (const char* flag : {"--key", "--api-key", "--token", "--secret"}) {
    RefuseSecret(command, flag, kWays);
  }
}

Credential* FindCredential(Upstream& upstream, const std::string& id) {
  for (Credential& credential : *upstream.mutable_credentials()) {
    if (credential.id() == id) return &credential;
  }
  return nullptr;
}

Status RemoveCredential(Upstream& upstream, const std::string& id) {
  auto& list = *upstream.mutable_credentials();
  std::string known;
  for (int i = 0; i < list.size(); ++i) {
    if (list[i].id() == id) {
      list.DeleteSubrange(i, 1);
      return {};
    }
    known += (known.empty() ? "" : ", ") + list[i].id();
  }
  return Fail(NotFound("upstream " + upstream.name() + " has no credential '" + id +
                       "'; it has: " + (known.empty() ? "none" : known)));
}

Status PutCredential(const std::string& argument, Factory& factory, Upstream& upstream) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(InvalidArgument("--credential", "write ID=env:VAR or ID=file:FILE"));
  }
  const std::string id = argument.substr(0, equals);
  TRY_ASSIGN(SecretSource source, ParseSecretSource(argument.substr(equals + 1)));
  auto secret = ReadSecret(source, factory.env(), factory.io());
  if (!secret) {
    return Fail({secret.error().kind, secret.error().message, "--credential " + id});
  }
  Credential* credential = FindCredential(upstream, id);
  if (credential == nullptr) credential = upstream.add_credentials();
  credential->set_id(id);
  credential->set_secret(secret->Reveal());
  credential->clear_hint();
  return {};
}

SecretSource KeySource(const UpstreamFlags& flags, const Upstream& upstream) {
  if (!flags.key_env.empty()) return {SecretSource::Kind::kEnv, flags.key_env};
  if (!flags.key_file.empty()) return {SecretSource::Kind::kFile, flags.key_file};
  if (flags.key_stdin) return {SecretSource::Kind::kStdin, ""};
  if (flags.key_prompt) {
    return {SecretSource::Kind::kPrompt, "API key of " + upstream.name() + " (not shown): "};
  }
  return {};
}

// "cred" or "cred-<last characters of the secret>": made by the controlplane, and misleading with a
// new secret.
bool IdWasMadeUp(const Credential& credential) {
  return credential.id() == "cred" || credential.id().starts_with("cred-");
}

// --key-… : the upstream's only credential.
Status PutOnlyCredential(const UpstreamFlags& flags, Factory& factory, Upstream& upstream) {
  const SecretSource source = KeySource(flags, upstream);
  if (source.kind == SecretSource::Kind::kNone) return {};
  if (upstream.credentials_size() > 1) {
    return Fail(InvalidArgument("", "upstream " + upstream.name() +
                                        " has several credentials; say which with --credential "
                                        "ID=env:VAR"));
  }
  auto secret = ReadSecret(source, factory.env(), factory.io());
  if (!secret) return Fail(secret.error());
  Credential* credential = upstream.credentials_size() == 1 ? upstream.mutable_credentials(0)
                                                            : upstream.add_credentials();
  if (IdWasMadeUp(*credential)) credential->clear_id();
  credential->set_secret(secret->Reveal());
  credential->clear_hint();
  return {};
}

}  // namespace

bool UpstreamFlags::empty() const {
  return file.empty() && edits.empty() && key_env.empty() && key_file.empty() && !key_stdin &&
         !key_prompt && credentials.empty() && remove_credentials.empty() &&
         credential_levels.empty() && outbound.empty();
}

void AddUpstreamFlags(CLI::App* command, UpstreamFlags& flags) {
  command->add_option("NAME", flags.name, "The upstream");
  command
      ->add_option("-f,--file", flags.file,
                   "Take the whole resource from YAML or JSON as `show -o yaml` prints it; - reads "
                   "standard input. Flags change it further")
      ->type_name("FILE");
  AddFieldFlags(command, flags.edits);
  AddOutboundFlags(command, flags.edits, flags.outbound);
  AddReplicateFlags(command, flags.edits);
  AddCredentialFlags(command, flags);
  AddHealthFlags(command, flags.edits);
}

Status ApplyUpstreamFlags(const UpstreamFlags& flags, Factory& factory, Upstream& target) {
  TRY(flags.edits.ApplyTo(target));
  TRY(ApplyOutboundFlags(flags.outbound, factory, target));
  for (const std::string& id : flags.remove_credentials) TRY(RemoveCredential(target, id));
  for (const std::string& argument : flags.credentials) {
    TRY(PutCredential(argument, factory, target));
  }
  TRY(PutOnlyCredential(flags, factory, target));
  return SetCredentialLevels(flags.credential_levels, target);
}

}  // namespace llmgw::admin_cli::upstream
