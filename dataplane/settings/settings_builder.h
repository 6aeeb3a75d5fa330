#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::settings {

// A route before its upstreams are looked up by name.
struct RouteDefinition {
  std::string name;
  std::string prefix;
  std::string host;                    // any case; empty: any
  std::vector<std::string> upstreams;  // in the order to try; empty: every upstream
  RetryOn retry_on;
  ChoosingSettings choosing;                // but for the weights
  std::map<std::string, uint32_t> weights;  // of upstreams by name; 1 where none is given
  AuthMode auth = AuthMode::kKeys;
  CorsSettings cors;
  model::LogPolicy log_policy = model::LogPolicy::kMetadata;
  CommitPoint commit = CommitPoint::kFirstContent;
  ModelList models = ModelList::kUpstream;
  AddressRules addresses;
};

// A key before its routes and upstreams are looked up by name. The views need to live only for the
// AddKey() call.
struct KeyDefinition {
  std::string_view id{};
  std::string_view name{};
  KeyHash hash{};
  bool disabled = false;
  std::optional<std::chrono::system_clock::time_point> expires_at{};
  model::AccessList models{};
  std::vector<std::string_view> routes{};     // empty: all
  std::vector<std::string_view> upstreams{};  // empty: all
  std::optional<model::LogPolicy> log_policy{};
  AddressRules addresses{};
  std::vector<std::string_view> levels{};  // empty: they do not matter
};

// Builds RuntimeSettings from plain structs: first the upstreams and levels, then the routes, then
// the keys.
// It trusts its input, which the validator has checked. A name that is not known is left out: it
// belongs to something disabled. Thread-compatible; used once.
class SettingsBuilder {
 public:
  // `hash_key` is the key of HashToken(), any length.
  SettingsBuilder(uint64_t revision, std::string_view hash_key);
  ~SettingsBuilder();

  // In the order in which a route without a list of its own tries them.
  void AddUpstream(UpstreamSettings upstream);
  void AddRoute(RouteDefinition route);
  void AddLevel(LevelSettings level);
  // Makes room for that many keys; optional, saves time and memory.
  void ReserveKeys(size_t count, size_t text_bytes);
  // Of two keys with one hash the first is kept.
  void AddKey(const KeyDefinition& key);

  // REQUIRES: called once, last.
  SettingsPtr Build();

 private:
  class Compiled;
  std::shared_ptr<Compiled> compiled_;
};

}  // namespace llmgw::settings
