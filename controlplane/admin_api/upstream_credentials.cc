#include "controlplane/admin_api/upstream_credentials.h"

#include <set>
#include <string>

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

std::string Field(const config::v1::Upstream& upstream, int index, const char* name) {
  return "upstreams[" + upstream.name() + "].credentials[" + std::to_string(index) + "]." + name;
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

Status RefuseFileFields(const config::v1::Upstream& upstream) {
  for (int i = 0; i < upstream.credentials_size(); ++i) {
    const auto& credential = upstream.credentials(i);
    if (credential.secret_env().empty() && credential.secret_file().empty()) continue;
    return Fail(InvalidArgument(
        Field(upstream, i, credential.secret_env().empty() ? "secret_file" : "secret_env"),
        "is only for snapshot files; give the secret itself"));
  }
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
  for (int i = 0; i < upstream->credentials_size(); ++i) {
    auto& credential = *upstream->mutable_credentials(i);
    if (!credential.secret().empty()) {
      credential.set_hint(HintOf(credential.secret()));
      if (credential.id().empty()) {
        credential.set_id(IdFromHint(credential.hint(), taken));
        taken.insert(credential.id());
      }
      SecretString secret(credential.secret());
      sealed.push_back(vault.SealCredential(upstream->name(), credential.id(), secret));
      continue;
    }
    const auto* kept = credential.id().empty() ? nullptr : FindSealed(before, credential.id());
    if (kept == nullptr) {
      return Fail(InvalidArgument(Field(*upstream, i, "secret"),
                                  credential.id().empty()
                                      ? "is needed"
                                      : "is needed: nothing is stored under this credential's id"));
    }
    credential.set_secret("kept");
    credential.set_hint(StoredHint(*before, credential.id()));
    sealed.push_back(*kept);
  }
  return sealed;
}

}  // namespace llmgw::controlplane::admin_api
