#pragma once

#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"
#include "common/crypto/seal.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::snapshot {

// Seals what the store keeps and opens it again. Every sealed value is bound to what it belongs to,
// so that one that was moved to another row does not open. Immutable, safe for concurrent use.
class SecretVault {
 public:
  explicit SecretVault(crypto::Sealer sealer) : sealer_(std::move(sealer)) {}

  store::SealedSecret SealCredential(const std::string& upstream, const std::string& credential_id,
                                     const SecretString& secret) const;
  // kInternal names the upstream and credential, and what to do.
  Result<SecretString> OpenCredential(const std::string& upstream,
                                      const store::SealedSecret& sealed) const;

  // For values in the store's meta table: "KEYID:" and hex.
  std::string SealMeta(const std::string& name, const SecretString& value) const;
  Result<SecretString> OpenMeta(const std::string& name, const std::string& stored) const;

 private:
  crypto::Sealer sealer_;
};

}  // namespace llmgw::controlplane::snapshot
