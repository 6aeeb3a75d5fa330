#include "controlplane/admin_api/protections.h"

#include "common/config/endpoint.h"
#include "common/daemon/host_port.h"

namespace llmgw::controlplane::admin_api {
namespace {

void Upstream(const config::v1::Upstream& upstream, std::vector<std::string>* warnings) {
  if (upstream.disabled()) return;
  if (upstream.credential_mode() == "passthrough") {
    warnings->push_back("upstream " + upstream.name() + " receives the client's own credential");
  }
  auto endpoint = llmgw::config::ParseEndpoint(upstream.endpoint());
  if (endpoint && !endpoint->tls && !daemon::IsLoopback(endpoint->host)) {
    warnings->push_back("upstream " + upstream.name() +
                        " is reached without TLS: requests and credential are readable on the way");
  }
}

void Route(const config::v1::Route& route, std::vector<std::string>* warnings) {
  if (route.disabled()) return;
  if (route.auth() == "none") {
    warnings->push_back("route " + route.name() + " is served without keys");
  }
  if (route.log_policy() == "bodies") {
    warnings->push_back("route " + route.name() + " records request and response bodies");
  }
}

}  // namespace

std::vector<std::string> ProtectionsOff(const store::ConfigState& state) {
  std::vector<std::string> warnings;
  size_t keys_with_bodies = 0;
  for (const auto& [id, stored] : state.resources) {
    const auto& resource = stored->resource;
    if (resource.has_upstream()) Upstream(resource.upstream(), &warnings);
    if (resource.has_route()) Route(resource.route(), &warnings);
    bool bodies = resource.has_client_key() && !resource.client_key().disabled() &&
                  resource.client_key().log_policy() == "bodies";
    if (bodies) ++keys_with_bodies;
  }
  if (keys_with_bodies > 0) {
    warnings.push_back(std::to_string(keys_with_bodies) +
                       (keys_with_bodies == 1 ? " key has" : " keys have") +
                       " the bodies of their requests recorded");
  }
  return warnings;
}

}  // namespace llmgw::controlplane::admin_api
