#include "controlplane/snapshot/store_identity.h"

#include "common/crypto/random.h"

namespace llmgw::controlplane::snapshot {
namespace {

constexpr char kHashKeyName[] = "client_key_hash_key";
constexpr size_t kHashKeyBytes = 32;

}  // namespace

Result<std::shared_ptr<const StoreIdentity>> StoreIdentitySource::Get() {
  std::lock_guard lock(mutex_);
  if (known_ != nullptr) return known_;
  StoreIdentity identity;
  TRY_ASSIGN(identity.store_id, store_.StoreId());
  SecretString fresh(crypto::RandomBytes(kHashKeyBytes));
  TRY_ASSIGN(std::string stored,
             store_.GetOrCreateMeta(kHashKeyName, vault_.SealMeta(kHashKeyName, fresh)));
  TRY_ASSIGN(identity.client_key_hash_key, vault_.OpenMeta(kHashKeyName, stored));
  known_ = std::make_shared<const StoreIdentity>(std::move(identity));
  return known_;
}

}  // namespace llmgw::controlplane::snapshot
