#include "dataplane/app/config_view.h"

#include <nlohmann/json.hpp>

#include "common/daemon/units.h"
#include "dataplane/app/choosing_view.h"
#include "dataplane/app/health_view.h"
#include "dataplane/app/kind_view.h"

namespace llmgw::app {
namespace {

using nlohmann::ordered_json;

const char* ToString(model::LogPolicy policy) {
  switch (policy) {
    case model::LogPolicy::kNone:
      return "none";
    case model::LogPolicy::kMetadata:
      return "metadata";
    case model::LogPolicy::kBodies:
      return "bodies";
  }
  return "";
}

const char* ToString(settings::CredentialMode mode) {
  switch (mode) {
    case settings::CredentialMode::kStored:
      return "stored";
    case settings::CredentialMode::kPassthrough:
      return "passthrough";
    case settings::CredentialMode::kNone:
      return "none";
  }
  return "";
}

std::string UrlOf(const settings::Endpoint& endpoint) {
  if (endpoint.host.empty()) return {};
  return (endpoint.tls ? "https://" : "http://") + endpoint.authority + endpoint.base_path;
}

ordered_json OutboundJson(const settings::OutboundSettings& outbound) {
  return {{"proxy", outbound.proxy ? outbound.proxy->name : ""},
          {"proxy_credentials", outbound.proxy && !outbound.proxy->credentials.empty()},
          {"client_certificate", !outbound.client_certificate_pem.empty()},
          {"dns_min_ttl", daemon::FormatDuration(outbound.dns.min_ttl)},
          {"dns_max_ttl", daemon::FormatDuration(outbound.dns.max_ttl)},
          {"allow_addresses", outbound.allow_addresses}};
}

// As in the configuration: aliases and the names they stand for.
ordered_json ModelMapJson(const model::ModelMap& map) {
  ordered_json out = ordered_json::object();
  for (const auto& entry : map.exact()) out[entry.alias] = entry.name;
  for (const auto& entry : map.patterns()) out[entry.alias] = entry.name;
  return out;
}

ordered_json UpstreamJson(const settings::UpstreamSettings& upstream) {
  const auto& timeouts = upstream.timeouts;
  ordered_json ids = ordered_json::array();
  for (const auto& credential : upstream.credentials) ids.push_back(credential.id);
  ordered_json out{
      {"name", upstream.name},
      {"kind", settings::ToString(upstream.kind)},
      {"endpoint", UrlOf(upstream.endpoint)},
      {"credential_mode", ToString(upstream.credential_mode)},
      {"credentials", std::move(ids)},
      {"headers", upstream.headers == settings::HeaderPolicy::kMinimal ? "minimal" : "all"},
      {"allow", upstream.models.allow},
      {"deny", upstream.models.deny},
      {"model_map", ModelMapJson(upstream.model_map)},
      {"timeouts",
       {{"connect", daemon::FormatDuration(timeouts.connect)},
        {"first_byte", daemon::FormatDuration(timeouts.first_byte)},
        {"first_byte_stream", daemon::FormatDuration(timeouts.first_byte_stream)},
        {"idle", daemon::FormatDuration(timeouts.idle)},
        {"total", daemon::FormatDuration(timeouts.total)}}}};
  out["health"] = HealthRulesJson(upstream.health);
  if (upstream.retries) out["retries"] = *upstream.retries;
  out["outbound"] = OutboundJson(upstream.outbound);
  AddKind(upstream, out);
  for (const auto& credential : upstream.credentials) {
    if (!credential.levels.empty()) out["credential_levels"][credential.id] = credential.levels;
  }
  return out;
}

ordered_json RouteJson(const settings::RouteSettings& route) {
  ordered_json upstreams = ordered_json::array();
  for (const auto* upstream : route.upstreams) upstreams.push_back(upstream->name);
  ordered_json out{{"name", route.name},
                   {"prefix", route.prefix},
                   {"host", route.host},
                   {"upstreams", std::move(upstreams)},
                   {"auth", route.auth == settings::AuthMode::kOpen ? "none" : "keys"},
                   {"cors", route.cors.enabled},
                   {"log_policy", ToString(route.log_policy)},
                   {"commit", route.commit == settings::CommitPoint::kFirstByte ? "first-byte"
                                                                                : "first-content"},
                   {"models", route.models == settings::ModelList::kLocal ? "local" : "upstream"}};
  AddChoosing(route, out);
  out["addresses"] = {{"allow", route.addresses.allow.ToStrings()},
                      {"deny", route.addresses.deny.ToStrings()}};
  return out;
}

ordered_json StatusJson(const config_sync::ConfigStatusValues& status) {
  ordered_json out{{"revision", status.revision},
                   {"source", config_sync::ToString(status.source)},
                   {"connected", status.connected},
                   {"updates_applied", status.applied},
                   {"updates_refused", status.refused}};
  if (status.source != config_sync::ConfigSource::kNone) {
    out["applied_at_unix"] =
        std::chrono::duration_cast<std::chrono::seconds>(status.applied_at.time_since_epoch())
            .count();
  }
  if (!status.last_refusal.empty()) out["last_refusal"] = status.last_refusal;
  return out;
}

ordered_json OptionsJson(const DataplaneOptions& options) {
  const accept::GatewayOptions gateway = ToGatewayOptions(options);
  const auto bytes = [](uint64_t value) { return daemon::FormatBytes(value); };
  const auto wait = [](std::chrono::milliseconds value) { return daemon::FormatDuration(value); };
  return {{"data-dir", options.data_dir},
          {"controlplane", options.controlplane},
          {"controlplane-tls", options.controlplane_tls || !options.controlplane_ca.empty()},
          {"snapshot", options.snapshot},
          {"tls-cert", options.tls.certificates},
          {"tls-client-ca", options.tls.client_ca},
          {"tls-client-auth", options.tls.client_auth},
          {"trusted-proxies", options.trusted_proxies},
          {"workers", options.workers},
          {"max-connections", options.max_connections},
          {"max-in-flight", options.max_in_flight},
          {"max-head", bytes(gateway.head_limits.max_head_bytes)},
          {"max-headers", gateway.head_limits.max_headers},
          {"max-target", bytes(gateway.head_limits.max_target_bytes)},
          {"max-body", bytes(gateway.body_limits.max_bytes)},
          {"body-replay", bytes(gateway.body_limits.replay_bytes)},
          {"body-memory-each", bytes(gateway.body_limits.memory_bytes)},
          {"body-memory", bytes(gateway.body_memory_bytes)},
          {"max-spooled-bytes", bytes(gateway.max_spooled_bytes)},
          {"temp-dir", gateway.body_limits.temp_dir},
          {"head-timeout", wait(gateway.head_timeout)},
          {"tls-handshake-timeout", wait(gateway.tls_handshake_timeout)},
          {"body-timeout", wait(gateway.body_limits.pace.idle_timeout)},
          {"body-min-rate", bytes(gateway.body_limits.pace.min_bytes_per_second)},
          {"body-rate-grace", wait(gateway.body_limits.pace.grace)},
          {"keep-alive-timeout", wait(gateway.keep_alive_timeout)},
          {"write-timeout", wait(gateway.write_timeout)},
          {"drain-timeout", wait(options.drain_timeout)},
          {"log-queue", bytes(options.log_queue_bytes)},
          {"log-queue-records", options.log_queue_records}};
}

}  // namespace

std::string ConfigJson(const DataplaneOptions& options, const Identity& identity,
                       const config_sync::ConfigStatusValues& status,
                       const settings::RuntimeSettings* settings,
                       const std::vector<model::UpstreamHealth>& health) {
  ordered_json out{{"id", identity.id},
                   {"version", identity.version},
                   {"http", identity.http_address},
                   {"ops", identity.ops_address},
                   {"config", StatusJson(status)},
                   {"upstreams", ordered_json::array()},
                   {"unhealthy", HealthJson(health)},
                   {"routes", ordered_json::array()},
                   {"levels", ordered_json::object()},
                   {"keys", settings == nullptr ? 0 : settings->key_count()},
                   {"options", OptionsJson(options)}};
  if (settings != nullptr) {
    for (const auto& upstream : settings->upstreams()) {
      out["upstreams"].push_back(UpstreamJson(*upstream));
    }
    for (const auto& route : settings->routes()) out["routes"].push_back(RouteJson(*route));
    for (const auto& level : settings->levels()) out["levels"][level->name] = level->models;
  }
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::vector<std::string> OpenDoors(const DataplaneOptions& options,
                                   const settings::RuntimeSettings* settings) {
  std::vector<std::string> open;
  if (!daemon::IsLoopback(options.listen.host) && !options.tls.enabled()) {
    open.push_back("clients connect to " + options.listen.ToString() +
                   " in plaintext: give --tls-cert and --tls-key or put TLS in front of it, or "
                   "keys travel in clear");
  }
  if (!daemon::IsLoopback(options.ops_listen.host)) {
    open.push_back("the ops endpoints on " + options.ops_listen.ToString() +
                   " ask for no credential");
  }
  if (!options.controlplane.empty() && options.controlplane_insecure && !options.controlplane_tls &&
      options.controlplane_ca.empty()) {
    open.push_back("the configuration and its secrets come from " + options.controlplane +
                   " in plaintext");
  }
  if (settings == nullptr) return open;
  for (const auto& route : settings->routes()) {
    if (route->auth == settings::AuthMode::kOpen) {
      open.push_back("route " + route->name + " (" + route->prefix +
                     ") is open to everybody who reaches it");
    }
  }
  for (const auto& upstream : settings->upstreams()) {
    if (upstream->credential_mode == settings::CredentialMode::kPassthrough) {
      open.push_back("upstream " + upstream->name + " is sent the clients' own credentials");
    }
    const auto& outbound = upstream->outbound;
    if (outbound.proxy && !outbound.proxy->credentials.empty() &&
        !daemon::IsLoopback(outbound.proxy->host)) {
      open.push_back("upstream " + upstream->name + " sends its proxy's password in plaintext (" +
                     outbound.proxy->name + ")");
    }
    if (!outbound.allowed.empty()) {
      open.push_back("upstream " + upstream->name +
                     " may connect to link-local or cloud-metadata addresses (" +
                     outbound.allow_addresses.front() +
                     (outbound.allow_addresses.size() > 1 ? ", …)" : ")"));
    }
    const auto& endpoint = upstream->endpoint;
    if (!endpoint.host.empty() && !endpoint.tls && !daemon::IsLoopback(endpoint.host)) {
      open.push_back("upstream " + upstream->name + " is reached in plaintext (" +
                     endpoint.authority + ")");
    }
  }
  return open;
}

}  // namespace llmgw::app
