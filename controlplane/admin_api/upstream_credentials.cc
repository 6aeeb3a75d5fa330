#include "controlplane/admin_api/upstream_credentials.h"

#include <set>
#include <string>

#include "common/config/upstream_secrets.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr size_t kHintLength = 4;
// The hint of a shorter secret would be more than a quarter of it.
constexpr size_t kShortestWithHint = 16;

std::string IdFromHint(const std::string& hint, const std::set<std::string>& taken) {
  std::string base = "cred";
  if (!hint.empty()) base += "-" + hint;
  for (char& c : base) {
    bool upper = c >= 'A' && c <= 'Z';
    bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    c = upper ? static_cast<char>(c - 'A' + 'a') : fine ? c : 'x';
  }
  std::string id = base;
  for (int n = 2; taken.count(id) != 0; ++n) id = base + "-" + std::to_string(n);
  return id;
}

using llmgw::config::SecretsOf;
using llmgw::config::UpstreamSecret;

std::string Field(const config::v1::Upstream& upstream, const UpstreamSecret& secret,
                  const char* name) {
  return "upstreams[" + upstream.name() + "]." + secret.Path() + "." + name;
}

const store::SealedSecret* FindSealed(const store::StoredResource* before, const std::string& id) {
  if (before == nullptr) return nullptr;
  for (const auto& sealed : before->secrets) {
    if (sealed.credential_id == id) return &sealed;
  }
  return nullptr;
}

std::string StoredHint(const store::StoredResource& before, const std::string& id) {
  for (const auto& credential : before.resource.upstream().credentials()) {
    if (credential.id() == id) return credential.hint();
  }
  return {};
}

Status RefuseFileFields(config::v1::Upstream& upstream) {
  for (const UpstreamSecret& secret : SecretsOf(upstream)) {
    const auto& value = secret.value;
    if (value.secret_env().empty() && value.secret_file().empty()) continue;
    return Fail(InvalidArgument(
        Field(upstream, secret, value.secret_env().empty() ? "secret_file" : "secret_env"),
        "is only for snapshot files; give the secret itself"));
  }
  return {};
}

// Ids that are empty, and hints, of credentials. Those of `outbound` have fixed ids, and no hints:
// passwords are short, and the end of every PEM is the same.
void Name(UpstreamSecret& secret, std::set<std::string>& taken) {
  auto& value = secret.value;
  if (secret.place == UpstreamSecret::Place::kOutbound) return value.clear_hint();
  value.set_hint(HintOf(value.secret()));
  if (!value.id().empty()) return;
  value.set_id(IdFromHint(value.hint(), taken));
  taken.insert(value.id());
}

// What the validator is to see of a secret that stays: that there is one; of a private key also
// what it is, because the certificate beside it may be new.
Status ShowKept(const snapshot::SecretVault& vault, const config::v1::Upstream& upstream,
                const store::StoredResource& before, const store::SealedSecret& kept,
                UpstreamSecret& secret) {
  if (secret.place == UpstreamSecret::Place::kCredentials) {
    secret.value.set_secret("kept");
    secret.value.set_hint(StoredHint(before, secret.value.id()));
    return {};
  }
  TRY_ASSIGN(SecretString opened, vault.OpenCredential(upstream.name(), kept));
  secret.value.set_secret(opened.Reveal());
  secret.value.clear_hint();
  return {};
}

}  // namespace

std::string HintOf(const std::string& secret) {
  return secret.size() < kShortestWithHint ? std::string()
                                           : secret.substr(secret.size() - kHintLength);
}

Result<std::vector<store::SealedSecret>> SealCredentials(const snapshot::SecretVault& vault,
                                                         const store::StoredResource* before,
                                                         config::v1::Upstream* upstream) {
  TRY(RefuseFileFields(*upstream));
  std::set<std::string> taken;
  for (const auto& credential : upstream->credentials()) taken.insert(credential.id());
  std::vector<store::SealedSecret> sealed;
  for (UpstreamSecret& secret : SecretsOf(*upstream)) {
    if (!secret.value.secret().empty()) {
      Name(secret, taken);
      sealed.push_back(vault.SealCredential(upstream->name(), secret.Slot(),
                                            SecretString(secret.value.secret())));
      continue;
    }
    const std::string slot = secret.Slot();
    const auto* kept = slot.empty() ? nullptr : FindSealed(before, slot);
    if (kept == nullptr) {
      return Fail(InvalidArgument(
          Field(*upstream, secret, "secret"),
          slot.empty() ? "is needed" : "is needed: nothing is stored under this id"));
    }
    TRY(ShowKept(vault, *upstream, *before, *kept, secret));
    sealed.push_back(*kept);
  }
  return sealed;
}

}  // namespace llmgw::controlplane::admin_api
