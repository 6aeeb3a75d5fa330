#include "controlplane/store/resource_row.h"

#include "common/config/upstream_secrets.h"
#include "common/text/proto_json.h"

namespace llmgw::controlplane::store {

using config::v1::Resource;

ResourceId IdOf(const Resource& resource) {
  switch (resource.body_case()) {
    case Resource::kUpstream:
      return {"upstream", resource.upstream().name()};
    case Resource::kRoute:
      return {"route", resource.route().name()};
    case Resource::kClientKey:
      return {"client_key", resource.client_key().id()};
    case Resource::kLevel:
      return {"level", resource.level().name()};
    case Resource::BODY_NOT_SET:
      break;
  }
  return {};
}

void RemoveSecrets(Resource* resource) {
  if (resource->has_upstream()) {
    for (auto& secret : llmgw::config::SecretsOf(*resource->mutable_upstream())) {
      secret.value.clear_secret();
    }
  }
  if (resource->has_client_key()) resource->mutable_client_key()->clear_token();
}

std::string BodyJson(const Resource& resource) {
  switch (resource.body_case()) {
    case Resource::kUpstream:
      return text::ToJson(resource.upstream());
    case Resource::kRoute:
      return text::ToJson(resource.route());
    case Resource::kClientKey:
      return text::ToJson(resource.client_key());
    case Resource::kLevel:
      return text::ToJson(resource.level());
    case Resource::BODY_NOT_SET:
      break;
  }
  return "{}";
}

std::string AuditJson(const Resource& resource) {
  Resource shown = resource;
  RemoveSecrets(&shown);
  if (shown.has_client_key()) shown.mutable_client_key()->clear_hash();
  return BodyJson(shown);
}

Result<Resource> ParseRow(const std::string& kind, const std::string& name,
                          std::string_view body_json) {
  Resource resource;
  google::protobuf::Message* body = nullptr;
  if (kind == "upstream") body = resource.mutable_upstream();
  if (kind == "route") body = resource.mutable_route();
  if (kind == "client_key") body = resource.mutable_client_key();
  if (kind == "level") body = resource.mutable_level();
  if (body == nullptr) {
    return Fail(Internal("the database has a resource of unknown kind '" + kind +
                         "'; it was written by a newer program"));
  }
  Status parsed = text::FromJson(body_json, body, text::UnknownFields::kIgnore);
  if (!parsed) {
    return Fail(Internal("the database row of " + kind + " '" + name +
                         "' can't be read: " + parsed.error().Describe()));
  }
  return resource;
}

}  // namespace llmgw::controlplane::store
