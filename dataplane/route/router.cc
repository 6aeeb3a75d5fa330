#include "dataplane/route/router.h"

#include <algorithm>

#include "dataplane/route/native.h"

namespace llmgw::route {
namespace {

std::string_view WithoutPort(std::string_view host) {
  if (!host.empty() && host.front() == '[') return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool MayUse(const settings::KeySettings* key, const settings::UpstreamSettings* upstream) {
  return key == nullptr || key->any_upstream ||
         std::find(key->upstreams.begin(), key->upstreams.end(), upstream) != key->upstreams.end();
}

// A deny list can't tell what an unreadable body asks for; an allow list that names the path can.
bool Admits(const model::AccessList& models, const model::RequestFacts& facts) {
  if (facts.opaque && !models.deny.empty()) {
    const bool named =
        std::any_of(models.allow.begin(), models.allow.end(), [&facts](const std::string& pattern) {
          return pattern.starts_with('/') && model::MatchesModel(pattern, facts.model);
        });
    if (!named) return false;
  }
  return models.Admits(facts.model);
}

}  // namespace

tl::expected<model::MatchedRoute, model::Failure> Router::Match(
    const settings::RuntimeSettings& settings, std::string_view host, std::string_view path) {
  const settings::RouteSettings* route = settings.FindRoute(WithoutPort(host), path);
  if (route == nullptr) return tl::unexpected(model::NoRoute(path));
  return model::MatchedRoute(*route);
}

tl::expected<model::Route, model::Failure> Router::Choose(const model::MatchedRoute& matched,
                                                          const model::Caller& caller,
                                                          const model::RequestFacts& facts) {
  const settings::RouteSettings& settings = matched.settings();
  const settings::KeySettings* key = caller.key();
  if (key != nullptr && !Admits(key->models, facts))
    return tl::unexpected(model::ModelNotAllowed(facts.model));
  if (settings.upstreams.empty()) return tl::unexpected(model::NoUpstream(settings.name));
  model::Route route(settings);
  bool any_for_caller = false;
  for (const settings::UpstreamSettings* upstream : settings.upstreams) {
    if (!MayUse(key, upstream)) continue;
    any_for_caller = true;
    if (!Admits(upstream->models, facts)) continue;
    if (route.count_ == model::Route::kMaxCandidates) break;
    route.candidates_[route.count_++] = upstream;
  }
  if (!any_for_caller) return tl::unexpected(model::UpstreamNotAllowed(settings.name));
  if (route.count_ == 0) return tl::unexpected(model::ModelNotFound(facts.model));
  route.count_ = KeepNative({route.candidates_.data(), route.count_}, facts.dialect);
  return route;
}

}  // namespace llmgw::route
