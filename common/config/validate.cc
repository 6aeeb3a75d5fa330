#include "common/config/validate.h"

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>

#include "common/config/resource_rules.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config {
namespace {

constexpr size_t kHashKeyBytes = 32;

KnownNames CollectNames(const v1::Snapshot& candidate) {
  KnownNames known;
  for (const auto& resource : candidate.resources()) {
    if (resource.has_upstream()) known.upstreams.push_back(resource.upstream().name());
    if (resource.has_route()) known.routes.push_back(resource.route().name());
    if (resource.has_level()) known.levels.push_back(resource.level().name());
  }
  std::sort(known.upstreams.begin(), known.upstreams.end());
  std::sort(known.routes.begin(), known.routes.end());
  std::sort(known.levels.begin(), known.levels.end());
  return known;
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// What must differ between resources: who had a value first.
class Uniqueness {
 public:
  // There may be hundreds of thousands of resources, nearly all of them keys.
  explicit Uniqueness(size_t resources) {
    for (Owners* owners : {&key_ids_, &key_names_, &key_hashes_}) owners->reserve(resources);
  }

  void Check(const v1::Resource& resource, Faults& faults) {
    if (resource.has_upstream()) {
      const auto& upstream = resource.upstream();
      Claim(upstream_names_, upstream.name(), upstream.name(), "name",
            "is the name of another upstream", faults);
    } else if (resource.has_route()) {
      const auto& route = resource.route();
      Claim(route_names_, route.name(), route.name(), "name", "is the name of another route",
            faults);
      places_.push_back(Lower(route.host()) + " " + route.prefix());
      Claim(route_places_, places_.back(), route.name(), "prefix",
            "is, together with the host, that of route ", faults);
    } else if (resource.has_level()) {
      const auto& level = resource.level();
      Claim(level_names_, level.name(), level.name(), "name", "is the name of another level",
            faults);
    } else if (resource.has_client_key()) {
      const auto& key = resource.client_key();
      Claim(key_ids_, key.id(), key.name(), "id", "is the id of key ", faults);
      Claim(key_names_, key.name(), key.name(), "name", "is the name of another key", faults);
      Claim(key_hashes_, key.hash(), key.name(), "token", "is the token of key ", faults);
      Claim(key_tokens_, key.token(), key.name(), "token", "is the token of key ", faults);
    }
  }

 private:
  // Who had a value first. Views only: the candidate outlives this.
  using Owners = std::unordered_map<std::string_view, std::string_view>;

  // `complaint` ending in a space gets the first owner's name.
  void Claim(Owners& owners, std::string_view value, std::string_view owner, std::string_view field,
             std::string_view complaint, Faults& faults) {
    if (value.empty()) return;
    auto [first, added] = owners.emplace(value, owner);
    if (added) return;
    std::string message(complaint);
    if (message.back() == ' ') message += "'" + PathName(first->second, 0) + "'";
    faults.Add(field, message);
  }

  Owners upstream_names_, route_names_, route_places_, level_names_;
  Owners key_ids_, key_names_, key_hashes_, key_tokens_;
  std::deque<std::string> places_;  // a deque, because views of them must stay good
};

}  // namespace

std::vector<Error> Validate(const v1::Snapshot& candidate) {
  std::vector<Error> found;
  KnownNames known = CollectNames(candidate);
  Uniqueness uniqueness(static_cast<size_t>(candidate.resources_size()));
  bool hashes = false;
  for (int i = 0; i < candidate.resources_size(); ++i) {
    const auto& resource = candidate.resources(i);
    Faults faults(resource, i, &found);
    switch (resource.body_case()) {
      case v1::Resource::kUpstream:
        CheckUpstream(resource.upstream(), known, faults);
        break;
      case v1::Resource::kRoute:
        CheckRoute(resource.route(), known, faults);
        break;
      case v1::Resource::kClientKey:
        CheckClientKey(resource.client_key(), known, faults);
        hashes = hashes || !resource.client_key().hash().empty();
        break;
      case v1::Resource::kLevel:
        CheckLevel(resource.level(), faults);
        break;
      case v1::Resource::BODY_NOT_SET:
        faults.Add("", "must have an upstream, a route, a client_key or a level");
        break;
    }
    uniqueness.Check(resource, faults);
  }
  size_t key_size = candidate.client_key_hash_key().size();
  bool right_key = key_size == kHashKeyBytes || (key_size == 0 && !hashes);
  if (!right_key) {
    found.push_back(
        InvalidArgument("client_key_hash_key", "must have 32 bytes when keys have a hash"));
  }
  return found;
}

}  // namespace llmgw::config
