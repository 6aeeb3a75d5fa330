#include "controlplane/admin_api/key_service.h"

#include "common/crypto/token.h"
#include "controlplane/admin_api/key_token.h"
#include "controlplane/admin_api/paging.h"
#include "controlplane/model/kinds.h"
#include "controlplane/model/redact.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr size_t kIdEntropyBytes = 10;  // 16 characters

const config::v1::ClientKey& KeyOf(const StoredPtr& stored) {
  return stored->resource.client_key();
}

void Show(const store::StoredResource& stored, admin::v1::KeyEntry* entry) {
  FillMeta(stored, entry->mutable_meta());
  *entry->mutable_key() = model::WithoutSecrets(stored.resource.client_key());
}

Proposal Put(const char* action, config::v1::ClientKey key) {
  Proposal proposal{action, {model::kClientKey, key.id()}, config::v1::Resource()};
  *proposal.body->mutable_client_key() = std::move(key);
  return proposal;
}

// What only the controlplane or a snapshot file may set.
Status RefuseSecretFields(const config::v1::ClientKey& key) {
  const char* field = !key.hash().empty()         ? "key.hash"
                      : !key.token().empty()      ? "key.token"
                      : !key.token_env().empty()  ? "key.token_env"
                      : !key.token_file().empty() ? "key.token_file"
                                                  : nullptr;
  if (field == nullptr) return {};
  return Fail(InvalidArgument(
      field, "can't be set here; to keep an existing token, give it as `token` when creating"));
}

bool Fits(const admin::v1::ListKeysRequest& request, const config::v1::ClientKey& key) {
  // A whole token may be pasted: only as much as is stored can be compared.
  std::string_view asked = std::string_view(request.token_prefix()).substr(0, key.prefix().size());
  return key.name().find(request.name_contains()) != std::string::npos &&
         std::string_view(key.prefix()).substr(0, asked.size()) == asked;
}

}  // namespace

grpc::Status KeyService::ListKeys(grpc::ServerContext* context,
                                  const admin::v1::ListKeysRequest* request,
                                  admin::v1::ListKeysResponse* response) {
  return calls_.Run(*context, "KeyService/ListKeys", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    auto found = AllOfKind(*state, model::kClientKey);
    std::erase_if(found, [&](const auto& stored) { return !Fits(*request, KeyOf(stored)); });
    response->set_next_page_token(CutPage(
        request->page(), &found, [](const auto& stored) -> auto& { return KeyOf(stored).name(); }));
    for (const auto& stored : found) Show(*stored, response->add_keys());
    return {};
  });
}

grpc::Status KeyService::GetKey(grpc::ServerContext* context,
                                const admin::v1::GetKeyRequest* request,
                                admin::v1::KeyEntry* response) {
  return calls_.Run(*context, "KeyService/GetKey", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    TRY_ASSIGN(auto stored, FindKey(*state, request->id_or_name()));
    Show(*stored, response);
    return {};
  });
}

grpc::Status KeyService::CreateKey(grpc::ServerContext* context,
                                   const admin::v1::CreateKeyRequest* request,
                                   admin::v1::CreateKeyResponse* response) {
  return calls_.Run(*context, "KeyService/CreateKey",
                    [&](const Caller& caller) { return Create(caller, *request, response); });
}

Status KeyService::Create(const Caller& caller, const admin::v1::CreateKeyRequest& request,
                          admin::v1::CreateKeyResponse* response) {
  TRY(RefuseSecretFields(request.key()));
  bool given = !request.token().empty();
  if (given) TRY(CheckClientToken(request.token()));
  SecretString token = given ? SecretString(request.token()) : MakeClientToken();
  TRY_ASSIGN(auto identity, identity_.Get());
  auto hash = crypto::HmacSha256(identity->client_key_hash_key.Reveal(), token.Reveal());
  config::v1::ClientKey key = request.key();
  key.set_id(crypto::RandomToken("key_", kIdEntropyBytes));
  key.set_prefix(given ? PrefixOfGiven(token) : PrefixOfOwn(token));
  key.set_hash(hash.data(), hash.size());
  TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
    if (FindKey(current, key.name())) {
      return Fail(
          {ErrorKind::kAlreadyExists, "there is a key '" + key.name() + "' already", "key.name"});
    }
    return Put("create", key);
  }));
  Show(*applied.after, response->mutable_entry());
  if (!given) response->set_token(token.Reveal());
  return {};
}

grpc::Status KeyService::UpdateKey(grpc::ServerContext* context,
                                   const admin::v1::UpdateKeyRequest* request,
                                   admin::v1::KeyEntry* response) {
  return calls_.Run(*context, "KeyService/UpdateKey", [&](const Caller& caller) -> Status {
    TRY(RefuseSecretFields(request->key()));
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      auto stored = current.Find(model::kClientKey, request->key().id());
      if (stored == nullptr) {
        return Fail(NotFound("there is no key with the id '" + request->key().id() + "'"));
      }
      TRY(RequireRevision(*stored, request->expected_revision()));
      config::v1::ClientKey key = request->key();
      key.set_prefix(KeyOf(stored).prefix());
      key.set_hash(KeyOf(stored).hash());
      return Put("update", std::move(key));
    }));
    Show(*applied.after, response);
    return {};
  });
}

grpc::Status KeyService::RevokeKey(grpc::ServerContext* context,
                                   const admin::v1::RevokeKeyRequest* request,
                                   admin::v1::KeyEntry* response) {
  return calls_.Run(*context, "KeyService/RevokeKey", [&](const Caller& caller) {
    return Revoke(caller, request->id_or_name(), response);
  });
}

Status KeyService::Revoke(const Caller& caller, const std::string& id_or_name,
                          admin::v1::KeyEntry* response) {
  TRY_ASSIGN(auto state, editor_.Read());
  TRY_ASSIGN(auto found, FindKey(*state, id_or_name));
  if (KeyOf(found).disabled()) {  // said twice means the same
    Show(*found, response);
    return {};
  }
  TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
    TRY_ASSIGN(auto stored, FindKey(current, id_or_name));
    config::v1::ClientKey key = KeyOf(stored);
    key.set_disabled(true);
    return Put("revoke", std::move(key));
  }));
  Show(*applied.after, response);
  return {};
}

grpc::Status KeyService::DeleteKey(grpc::ServerContext* context,
                                   const admin::v1::DeleteKeyRequest* request,
                                   admin::v1::DeleteKeyResponse* response) {
  return calls_.Run(*context, "KeyService/DeleteKey", [&](const Caller& caller) -> Status {
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      TRY_ASSIGN(auto stored, FindKey(current, request->id_or_name()));
      TRY(MatchRevisionIfGiven(*stored, request->expected_revision()));
      return Proposal{"delete", {model::kClientKey, KeyOf(stored).id()}, std::nullopt};
    }));
    response->set_revision(applied.revision);
    return {};
  });
}

}  // namespace llmgw::controlplane::admin_api
