#include "dataplane/settings/settings_builder.h"

#include <strings.h>

#include <algorithm>
#include <map>

#include "dataplane/settings/key_table.h"
#include "dataplane/settings/token_hasher.h"

namespace llmgw::settings {
namespace {

bool HostMatches(const std::string& wanted, std::string_view host) {
  return wanted.size() == host.size() && strncasecmp(wanted.data(), host.data(), host.size()) == 0;
}

// "/v1" matches "/v1" and "/v1/x" but not "/v10".
bool PrefixMatches(const std::string& prefix, std::string_view path) {
  if (!path.starts_with(prefix)) return false;
  return prefix.size() == 1 || path.size() == prefix.size() || path[prefix.size()] == '/';
}

// The first match in this order is the best one.
bool TriedBefore(const RouteSettings* a, const RouteSettings* b) {
  if (a->host.empty() != b->host.empty()) return !a->host.empty();
  return a->prefix.size() > b->prefix.size();
}

}  // namespace

class SettingsBuilder::Compiled final : public RuntimeSettings {
 public:
  Compiled(uint64_t revision, std::string_view hash_key) : revision_(revision), hasher_(hash_key) {}

  uint64_t revision() const override { return revision_; }

  // Linear: gateways have a handful of routes.
  const RouteSettings* FindRoute(std::string_view host, std::string_view path) const override {
    for (const RouteSettings* route : search_order_) {
      if (!route->host.empty() && !HostMatches(route->host, host)) continue;
      if (PrefixMatches(route->prefix, path)) return route;
    }
    return nullptr;
  }

  const KeySettings* FindKey(const KeyHash& hash) const override { return keys_.Find(hash); }
  KeyHash HashToken(std::string_view token) const override { return hasher_.Hash(token); }
  const std::vector<std::unique_ptr<UpstreamSettings>>& upstreams() const override {
    return upstreams_;
  }
  const std::vector<std::unique_ptr<RouteSettings>>& routes() const override { return routes_; }
  const std::vector<std::unique_ptr<LevelSettings>>& levels() const override { return levels_; }
  size_t key_count() const override { return keys_.size(); }

 private:
  friend class SettingsBuilder;

  uint64_t revision_;
  TokenHasher hasher_;
  std::vector<std::unique_ptr<UpstreamSettings>> upstreams_;
  std::map<std::string, const UpstreamSettings*, std::less<>> upstream_by_name_;
  std::vector<std::unique_ptr<RouteSettings>> routes_;
  std::map<std::string, const RouteSettings*, std::less<>> route_by_name_;
  std::vector<const RouteSettings*> search_order_;
  std::vector<std::unique_ptr<LevelSettings>> levels_;
  KeyTable keys_;
};

SettingsBuilder::SettingsBuilder(uint64_t revision, std::string_view hash_key)
    : compiled_(std::make_shared<Compiled>(revision, hash_key)) {}
SettingsBuilder::~SettingsBuilder() = default;

void SettingsBuilder::AddUpstream(UpstreamSettings upstream) {
  auto& list = compiled_->upstreams_;
  list.push_back(std::make_unique<UpstreamSettings>(std::move(upstream)));
  UpstreamSettings& added = *list.back();
  added.index = list.size() - 1;
  added.levels_matter = added.credential_mode == CredentialMode::kStored &&
                        std::any_of(added.credentials.begin(), added.credentials.end(),
                                    [](const Credential& c) { return !c.levels.empty(); });
  compiled_->upstream_by_name_[added.name] = &added;
}

void SettingsBuilder::AddLevel(LevelSettings level) {
  compiled_->levels_.push_back(std::make_unique<LevelSettings>(std::move(level)));
}

void SettingsBuilder::AddRoute(RouteDefinition definition) {
  auto route = std::make_unique<RouteSettings>();
  route->name = std::move(definition.name);
  route->prefix = std::move(definition.prefix);
  route->host = std::move(definition.host);
  std::transform(route->host.begin(), route->host.end(), route->host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (definition.upstreams.empty()) {
    for (const auto& upstream : compiled_->upstreams_) route->upstreams.push_back(upstream.get());
  }
  for (const std::string& name : definition.upstreams) {
    const auto found = compiled_->upstream_by_name_.find(name);
    if (found != compiled_->upstream_by_name_.end()) route->upstreams.push_back(found->second);
  }
  route->retry_on = definition.retry_on;
  route->choosing = std::move(definition.choosing);
  if (!definition.weights.empty()) {
    route->choosing.weights.assign(compiled_->upstreams_.size(), 1);
    for (const auto& [name, weight] : definition.weights) {
      const auto found = compiled_->upstream_by_name_.find(name);
      if (found != compiled_->upstream_by_name_.end())
        route->choosing.weights[found->second->index] = weight;
    }
  }
  route->index = compiled_->routes_.size();
  route->auth = definition.auth;
  route->cors = std::move(definition.cors);
  route->log_policy = definition.log_policy;
  route->commit = definition.commit;
  route->models = definition.models;
  route->addresses = std::move(definition.addresses);
  compiled_->route_by_name_[route->name] = route.get();
  compiled_->search_order_.push_back(route.get());
  compiled_->routes_.push_back(std::move(route));
}

void SettingsBuilder::ReserveKeys(size_t count, size_t text_bytes) {
  compiled_->keys_.Reserve(count, text_bytes);
}

void SettingsBuilder::AddKey(const KeyDefinition& key) {
  KeyTable& keys = compiled_->keys_;
  std::vector<const RouteSettings*> routes;
  for (std::string_view name : key.routes) {
    const auto found = compiled_->route_by_name_.find(name);
    if (found != compiled_->route_by_name_.end()) routes.push_back(found->second);
  }
  std::vector<const UpstreamSettings*> upstreams;
  for (std::string_view name : key.upstreams) {
    const auto found = compiled_->upstream_by_name_.find(name);
    if (found != compiled_->upstream_by_name_.end()) upstreams.push_back(found->second);
  }
  // A key whose routes are all disabled may use none, not all: `any_*` follows what was written.
  keys.Insert(key.hash, {.id = key.id,
                         .name = key.name,
                         .expires_at = key.expires_at,
                         .models = keys.Shared(key.models),
                         .routes = keys.Shared(std::move(routes)),
                         .upstreams = keys.Shared(std::move(upstreams)),
                         .any_route = key.routes.empty(),
                         .any_upstream = key.upstreams.empty(),
                         .disabled = key.disabled,
                         .log_policy = key.log_policy,
                         .addresses = keys.Shared(key.addresses),
                         .levels = keys.Shared(key.levels, compiled_->levels_)});
}

SettingsPtr SettingsBuilder::Build() {
  std::stable_sort(compiled_->search_order_.begin(), compiled_->search_order_.end(), TriedBefore);
  return std::move(compiled_);
}

}  // namespace llmgw::settings
