#include "dataplane/config_sync/settings_compiler.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/config/endpoint.h"
#include "common/config/retry_on.h"
#include "common/config/validate.h"
#include "common/crypto/digest.h"
#include "dataplane/config_sync/access_compiler.h"
#include "dataplane/config_sync/answer_compiler.h"
#include "dataplane/config_sync/choosing_compiler.h"
#include "dataplane/config_sync/health_compiler.h"
#include "dataplane/config_sync/kind_compiler.h"
#include "dataplane/config_sync/outbound_compiler.h"
#include "dataplane/settings/settings_builder.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config_sync {
namespace {

using config::v1::Resource;
using std::chrono::milliseconds;

template <typename Range>
model::AccessList AccessListOf(const Range& allow, const Range& deny) {
  return {{allow.begin(), allow.end()}, {deny.begin(), deny.end()}};
}

std::optional<model::LogPolicy> LogPolicyOf(std::string_view policy) {
  if (policy == "none") return model::LogPolicy::kNone;
  if (policy == "metadata") return model::LogPolicy::kMetadata;
  if (policy == "bodies") return model::LogPolicy::kBodies;
  return std::nullopt;
}

milliseconds Milliseconds(const google::protobuf::Duration& duration) {
  return milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

settings::Timeouts TimeoutsOf(const config::v1::Timeouts& timeouts) {
  settings::Timeouts out;
  // A positive wait shorter than our clock's unit must not become "at once".
  const auto set = [](milliseconds& to, const google::protobuf::Duration& from) {
    to = std::max(Milliseconds(from), milliseconds(1));
  };
  if (timeouts.has_connect()) set(out.connect, timeouts.connect());
  if (timeouts.has_first_byte()) set(out.first_byte, timeouts.first_byte());
  if (timeouts.has_first_byte_stream()) set(out.first_byte_stream, timeouts.first_byte_stream());
  if (timeouts.has_idle()) set(out.idle, timeouts.idle());
  if (timeouts.has_total()) set(out.total, timeouts.total());
  return out;
}

std::optional<std::chrono::system_clock::time_point> TimeOf(
    const google::protobuf::Timestamp& time) {
  using Wall = std::chrono::system_clock;
  // The system clock counts nanoseconds up to the year 2262; a key that ends later doesn't end.
  constexpr int64_t kMost = std::chrono::floor<std::chrono::seconds>(Wall::duration::max()).count();
  if (time.seconds() >= kMost) return std::nullopt;
  if (time.seconds() <= 0) return Wall::time_point{};
  return Wall::time_point(std::chrono::seconds(time.seconds()) +
                          std::chrono::nanoseconds(time.nanos()));
}

settings::Endpoint EndpointOf(const std::string& url) {
  settings::Endpoint out;
  if (auto endpoint = config::ParseEndpoint(url)) {
    out.tls = endpoint->tls;
    out.host = std::move(endpoint->host);
    out.port = endpoint->port;
    out.authority = std::move(endpoint->authority);
    out.base_path = std::move(endpoint->base_path);
  }
  return out;
}

std::string PoolKeyOf(const settings::UpstreamSettings& upstream) {
  const settings::Endpoint& endpoint = upstream.endpoint;
  std::string key =
      (endpoint.tls ? "https|" : "http|") + endpoint.host + "|" + std::to_string(endpoint.port);
  key += TransportKey(upstream.outbound);
  if (!endpoint.tls) return key;
  key += "|" + upstream.tls.server_name;
  if (upstream.tls.ca_pem.empty()) return key;
  const auto digest = crypto::Sha256(upstream.tls.ca_pem);
  return key + "|" + crypto::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

settings::UpstreamSettings UpstreamOf(const config::v1::Upstream& upstream) {
  settings::UpstreamSettings out;
  out.name = upstream.name();
  CompileKind(upstream, out);
  out.endpoint = EndpointOf(upstream.endpoint());
  if (upstream.credential_mode() == "passthrough") {
    out.credential_mode = settings::CredentialMode::kPassthrough;
  } else if (upstream.credential_mode() == "none") {
    out.credential_mode = settings::CredentialMode::kNone;
  }
  for (const auto& credential : upstream.credentials()) {
    out.credentials.push_back({credential.id(),
                               SecretString(credential.secret()),
                               {credential.levels().begin(), credential.levels().end()}});
  }
  if (upstream.headers() == "minimal") out.headers = settings::HeaderPolicy::kMinimal;
  out.models = AccessListOf(upstream.allow(), upstream.deny());
  out.model_map = ModelMapOf(upstream);
  out.timeouts = TimeoutsOf(upstream.timeouts());
  if (upstream.has_retries()) out.retries = upstream.retries();
  out.tls.ca_pem = upstream.tls().ca_pem();
  out.tls.server_name = upstream.tls().server_name();
  if (out.tls.server_name.empty()) out.tls.server_name = out.endpoint.host;
  out.health = HealthOf(upstream.health());
  out.outbound = OutboundOf(upstream.outbound(), out.endpoint.host);
  out.pool_key = PoolKeyOf(out);
  return out;
}

Result<settings::RouteDefinition> RouteOf(const config::v1::Route& route) {
  settings::RouteDefinition out;
  out.name = route.name();
  out.prefix = route.prefix();
  out.host = route.host();
  out.upstreams = {route.upstreams().begin(), route.upstreams().end()};
  const config::RetryOn retry_on = config::ParseRetryOn(route.retry_on());
  out.retry_on = {retry_on.connect, retry_on.timeout, retry_on.reset, retry_on.status};
  CompileChoosing(route, out);
  if (route.auth() == "none") out.auth = settings::AuthMode::kOpen;
  out.cors.enabled = !route.cors().disabled();
  const auto& origins = route.cors().allow_origins();
  out.cors.any_origin =
      origins.empty() || std::find(origins.begin(), origins.end(), "*") != origins.end();
  if (!out.cors.any_origin) out.cors.origins = {origins.begin(), origins.end()};
  out.log_policy = LogPolicyOf(route.log_policy()).value_or(model::LogPolicy::kMetadata);
  out.commit = CommitPointOf(route);
  out.models = ModelListOf(route);
  TRY_ASSIGN(out.addresses, AddressesOf(route.addresses()));
  return out;
}

Result<settings::KeyDefinition> KeyOf(const config::v1::ClientKey& key) {
  settings::KeyDefinition out;
  out.id = key.id();
  out.name = key.name();
  std::copy_n(key.hash().begin(), std::min(key.hash().size(), out.hash.size()), out.hash.begin());
  out.disabled = key.disabled();
  if (key.has_expires_at()) out.expires_at = TimeOf(key.expires_at());
  out.models = AccessListOf(key.allow(), key.deny());
  out.routes = {key.routes().begin(), key.routes().end()};
  out.upstreams = {key.upstreams().begin(), key.upstreams().end()};
  out.log_policy = LogPolicyOf(key.log_policy());
  TRY_ASSIGN(out.addresses, AddressesOf(key.addresses()));
  out.levels = {key.levels().begin(), key.levels().end()};
  return out;
}

Status Check(const config::v1::Snapshot& snapshot) {
  const std::vector<Error> faults = config::Validate(snapshot);
  if (faults.empty()) return {};
  Error first = faults.front();
  if (faults.size() > 1) {
    first.message += " (and " + std::to_string(faults.size() - 1) + " more)";
  }
  return Fail(std::move(first));
}

}  // namespace

Result<settings::SettingsPtr> CompileSettings(const config::v1::Snapshot& snapshot,
                                              uint64_t revision) {
  TRY(Check(snapshot));
  std::vector<const Resource*> upstreams, routes;
  size_t keys = 0, key_text = 0;
  for (const Resource& resource : snapshot.resources()) {
    if (resource.has_upstream() && !resource.upstream().disabled()) upstreams.push_back(&resource);
    if (resource.has_route() && !resource.route().disabled()) routes.push_back(&resource);
    if (resource.has_client_key()) {
      ++keys;
      key_text += resource.client_key().id().size() + resource.client_key().name().size();
    }
  }
  std::stable_sort(upstreams.begin(), upstreams.end(), [](const Resource* a, const Resource* b) {
    return a->created_revision() < b->created_revision();
  });

  settings::SettingsBuilder builder(revision, snapshot.client_key_hash_key());
  for (const Resource* upstream : upstreams) builder.AddUpstream(UpstreamOf(upstream->upstream()));
  for (const Resource& resource : snapshot.resources()) {
    if (resource.has_level()) builder.AddLevel(LevelOf(resource.level()));
  }
  for (const Resource* resource : routes) {
    TRY_ASSIGN(settings::RouteDefinition route, RouteOf(resource->route()));
    builder.AddRoute(std::move(route));
  }
  builder.ReserveKeys(keys, key_text);
  for (const Resource& resource : snapshot.resources()) {
    if (!resource.has_client_key()) continue;
    TRY_ASSIGN(const settings::KeyDefinition key, KeyOf(resource.client_key()));
    builder.AddKey(key);
  }
  return builder.Build();
}

}  // namespace llmgw::config_sync
