#include "controlplane/snapshot/secret_vault.h"

#include <string_view>

#include "common/crypto/digest.h"

namespace llmgw::controlplane::snapshot {
namespace {

std::string CredentialPlace(const std::string& upstream, const std::string& credential_id) {
  return "upstream/" + upstream + "/" + credential_id;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Result<std::string> FromHex(std::string_view hex) {
  std::string bytes;
  if (hex.size() % 2 != 0) return Fail(Internal("odd number of hex digits"));
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = HexDigit(hex[i]);
    int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return Fail(Internal("not a hex digit"));
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

}  // namespace

store::SealedSecret SecretVault::SealCredential(const std::string& upstream,
                                                const std::string& credential_id,
                                                const SecretString& secret) const {
  return {credential_id, sealer_.current_key_id(),
          sealer_.Seal(secret.Reveal(), CredentialPlace(upstream, credential_id))};
}

Result<SecretString> SecretVault::OpenCredential(const std::string& upstream,
                                                 const store::SealedSecret& sealed) const {
  auto opened =
      sealer_.Open(sealed.sealed, sealed.key_id, CredentialPlace(upstream, sealed.credential_id));
  if (!opened) {
    return Fail(Internal("credential '" + sealed.credential_id + "' of upstream '" + upstream +
                         "' can't be opened: " + opened.error().message +
                         "; start with the sealing key it was stored with, or set it anew"));
  }
  return SecretString(std::move(*opened));
}

std::string SecretVault::SealMeta(const std::string& name, const SecretString& value) const {
  return sealer_.current_key_id() + ":" +
         crypto::ToHex(sealer_.Seal(value.Reveal(), "meta/" + name));
}

Result<SecretString> SecretVault::OpenMeta(const std::string& name,
                                           const std::string& stored) const {
  size_t colon = stored.find(':');
  auto sealed = colon == std::string::npos ? Result<std::string>(Fail(Internal("it has no key id")))
                                           : FromHex(std::string_view(stored).substr(colon + 1));
  auto opened = sealed ? sealer_.Open(*sealed, stored.substr(0, colon), "meta/" + name) : sealed;
  if (!opened) {
    return Fail(Internal("the database's '" + name + "' can't be opened: " +
                         opened.error().message + "; start with the sealing key of this database"));
  }
  return SecretString(std::move(*opened));
}

}  // namespace llmgw::controlplane::snapshot
