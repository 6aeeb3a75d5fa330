#include "admin-cli/command/upstream/outbound.h"

#include "admin-cli/app/command.h"
#include "admin-cli/app/factory.h"
#include "admin-cli/input/secret_source.h"
#include "common/config/upstream_secrets.h"

namespace llmgw::admin_cli::upstream {
namespace {

using config::v1::Outbound;

constexpr char kConnections[] = "Connections to the upstream";
constexpr char kClientCertificate[] = "Certificate of the gateway (mutual TLS)";

void DropOutboundSecret(Outbound& outbound, const std::string& id) {
  auto& secrets = *outbound.mutable_secrets();
  for (int i = secrets.size() - 1; i >= 0; --i) {
    if (secrets[i].id() == id) secrets.DeleteSubrange(i, 1);
  }
}

Status PutOutboundSecret(const std::string& env, const std::string& file, const std::string& id,
                         Factory& factory, config::v1::Upstream& target) {
  SecretSource source;
  if (!env.empty()) source = {SecretSource::Kind::kEnv, env};
  if (!file.empty()) source = {SecretSource::Kind::kFile, file};
  if (source.kind == SecretSource::Kind::kNone) return {};
  TRY_ASSIGN(SecretString secret, ReadSecret(source, factory.env(), factory.io()));
  Outbound& outbound = *target.mutable_outbound();
  DropOutboundSecret(outbound, id);
  auto& stored = *outbound.add_secrets();
  stored.set_id(id);
  stored.set_secret(secret.Reveal());
  return {};
}

void AddSecretFlags(CLI::App* command, const std::string& flag, const std::string& what,
                    const char* group, std::string& env, std::string& file) {
  auto* by_env = command->add_option(flag + "-env", env, what + " is in this environment variable")
                     ->type_name("VAR")
                     ->group(group);
  auto* by_file =
      command->add_option(flag + "-file", file, "… in this file")->type_name("FILE")->group(group);
  by_env->excludes(by_file);
  RefuseSecret(command, flag, flag + "-env VAR or " + flag + "-file FILE");
}

}  // namespace

void AddOutboundFlags(CLI::App* command, FieldEdits& edits, OutboundFlags& flags) {
  edits
      .Text(command, "--proxy", "outbound.proxy",
            "HTTP proxy on the way: http://proxy.example.com:3128 (CONNECT for https endpoints, "
            "absolute form for http ones)")
      ->type_name("URL")
      ->group(kConnections);
  edits
      .List(command, "--no-proxy", "outbound.no_proxy",
            "Endpoint hosts reached without it: name, .suffix, address, CIDR range, * for all. "
            "Repeatable; replaces the list")
      ->type_name("HOST")
      ->group(kConnections);
  edits.Text(command, "--proxy-user", "outbound.proxy_user", "User at the proxy (Basic)")
      ->type_name("USER")
      ->group(kConnections);
  AddSecretFlags(command, "--proxy-password", "Its password", kConnections, flags.password_env,
                 flags.password_file);
  command->add_flag("--direct", flags.direct, "No proxy: forget it, its user and its password")
      ->group(kConnections);
  edits
      .List(command, "--allow-address", "outbound.allow_addresses",
            "A link-local or cloud-metadata address, or a range of them, that may be connected to "
            "all the same. Repeatable; replaces the list")
      ->type_name("ADDRESS")
      ->group(kConnections);
  edits
      .Text(command, "--dns-min-ttl", "outbound.dns_min_ttl",
            "Believe a resolver's answer at least so long (default 1s)")
      ->type_name("DURATION")
      ->group(kConnections);
  edits.Text(command, "--dns-max-ttl", "outbound.dns_max_ttl", "… at most (default 5m)")
      ->type_name("DURATION")
      ->group(kConnections);
  edits
      .FileText(command, "--client-cert-file", "outbound.client_certificate_pem",
                "PEM chain that is shown to the upstream, the gateway's own certificate first")
      ->group(kClientCertificate);
  AddSecretFlags(command, "--client-key", "Its private key, in PEM without a passphrase,",
                 kClientCertificate, flags.key_env, flags.key_file);
  command->add_flag("--no-client-cert", flags.no_client_cert, "Forget both")
      ->group(kClientCertificate);
}

Status ApplyOutboundFlags(const OutboundFlags& flags, Factory& factory,
                          config::v1::Upstream& target) {
  if (flags.direct && target.has_outbound()) {
    Outbound& outbound = *target.mutable_outbound();
    outbound.clear_proxy();
    outbound.clear_no_proxy();
    outbound.clear_proxy_user();
    DropOutboundSecret(outbound, config::kProxyPassword);
  }
  if (flags.no_client_cert && target.has_outbound()) {
    target.mutable_outbound()->clear_client_certificate_pem();
    DropOutboundSecret(*target.mutable_outbound(), config::kClientKey);
  }
  TRY(PutOutboundSecret(flags.password_env, flags.password_file, config::kProxyPassword, factory,
                        target));
  return PutOutboundSecret(flags.key_env, flags.key_file, config::kClientKey, factory, target);
}

void AddOutboundFields(const Outbound& outbound, FieldList& fields) {
  fields.Add("proxy", outbound.proxy());
  fields.Add("no proxy", Joined(outbound.no_proxy()));
  fields.Add("proxy user", outbound.proxy_user());
  for (const auto& secret : outbound.secrets()) {
    fields.Add(secret.id() == config::kClientKey ? "client key" : "proxy password", "stored");
  }
  if (!outbound.client_certificate_pem().empty()) {
    fields.Add("client certificate", "own PEM (see -o yaml)");
  }
  if (outbound.has_dns_min_ttl()) fields.Add("dns min ttl", DurationText(outbound.dns_min_ttl()));
  if (outbound.has_dns_max_ttl()) fields.Add("dns max ttl", DurationText(outbound.dns_max_ttl()));
  fields.Add("allowed addresses", Joined(outbound.allow_addresses()));
}

}  // namespace llmgw::admin_cli::upstream
