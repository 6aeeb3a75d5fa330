#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/secret_string.h"
#include "dataplane/model/model_map.h"
#include "dataplane/model/model_pattern.h"
#include "dataplane/model/request_record.h"
#include "dataplane/settings/access_settings.h"
#include "dataplane/settings/answer_settings.h"
#include "dataplane/settings/choosing_settings.h"
#include "dataplane/settings/health_settings.h"
#include "dataplane/settings/kind_settings.h"
#include "dataplane/settings/outbound_settings.h"
#include "dataplane/settings/replicate_settings.h"

// The configuration as the request path uses it: compiled, cross-linked, immutable. Built by
// config_sync from a snapshot; a request takes one `shared_ptr<const RuntimeSettings>` at its start
// and reads nothing else. Safe to read from any thread.
namespace llmgw::settings {

enum class CredentialMode : uint8_t { kStored, kPassthrough, kNone };
enum class HeaderPolicy : uint8_t { kAll, kMinimal };
enum class AuthMode : uint8_t { kKeys, kOpen };

struct Endpoint {
  bool tls = false;
  std::string host;  // name or IP literal, without brackets
  uint16_t port = 0;
  std::string authority;  // for the Host header: host, and port unless it is the scheme's own
  std::string base_path;  // "" or "/v1": no trailing '/'
};

struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds first_byte{120'000};
  std::chrono::milliseconds first_byte_stream{10'000};
  std::chrono::milliseconds idle{300'000};
  std::chrono::milliseconds total{3'600'000};
};

struct UpstreamTls {
  std::string ca_pem;       // empty: system CAs
  std::string server_name;  // never empty for a TLS endpoint
};

struct Credential {
  std::string id;
  SecretString secret;
  std::vector<std::string> levels = {};  // names; empty: it serves every request
};

struct UpstreamSettings {
  std::string name;
  // Its place in RuntimeSettings::upstreams(); set by the builder.
  size_t index = 0;
  UpstreamKind kind = UpstreamKind::kOpenai;
  Endpoint endpoint;
  CredentialMode credential_mode = CredentialMode::kStored;
  std::vector<Credential> credentials;
  // Some credential that is sent has levels. Set by the builder.
  bool levels_matter = false;
  HeaderPolicy headers = HeaderPolicy::kAll;
  model::AccessList models;  // by the clients' names
  model::ModelMap model_map;
  Timeouts timeouts;
  std::optional<uint32_t> retries;
  UpstreamTls tls;
  OpenaiSettings openai;
  AzureOpenaiSettings azure_openai;
  AnthropicSettings anthropic;
  ReplicateSettings replicate;
  OutboundSettings outbound;
  MockSettings mock;
  HealthSettings health;
  // Equal for upstreams whose connections are interchangeable (scheme, host, port, TLS settings,
  // proxy, client certificate, addresses allowed).
  std::string pool_key;
};

// Which failures send a request to the next candidate.
struct RetryOn {
  bool connect = false;
  bool timeout = false;
  bool reset = false;
  std::bitset<600> status;
};

struct CorsSettings {
  bool enabled = true;
  bool any_origin = true;
  std::vector<std::string> origins;
};

struct RouteSettings {
  std::string name;
  size_t index = 0;    // its place in RuntimeSettings::routes(); set by the builder
  std::string prefix;  // "/v1" or "/"
  std::string host;    // lower case; empty: any
  std::vector<const UpstreamSettings*> upstreams;  // enabled ones, in the order to try
  RetryOn retry_on;
  ChoosingSettings choosing;
  AuthMode auth = AuthMode::kKeys;
  CorsSettings cors;
  model::LogPolicy log_policy = model::LogPolicy::kMetadata;
  CommitPoint commit = CommitPoint::kFirstContent;
  ModelList models = ModelList::kUpstream;
  AddressRules addresses;
};

// A named set of models.
struct LevelSettings {
  std::string name;
  std::vector<std::string> models;  // patterns; empty: every model
};

using KeyHash = std::array<uint8_t, 32>;

// A client key. There may be hundreds of thousands, so it owns nothing: the strings lie in one
// block and the lists are shared between the keys that have equal ones, all owned by the
// RuntimeSettings.
struct KeySettings {
  std::string_view id{};
  std::string_view name{};
  std::optional<std::chrono::system_clock::time_point> expires_at{};
  const model::AccessList& models = kUnrestricted;
  const std::vector<const RouteSettings*>& routes = kNoRoutes;           // empty with `any_route`
  const std::vector<const UpstreamSettings*>& upstreams = kNoUpstreams;  // with `any_upstream`
  bool any_route = true;
  bool any_upstream = true;
  bool disabled = false;
  std::optional<model::LogPolicy> log_policy{};
  const AddressRules* addresses = nullptr;  // null: from everywhere
  const LevelSet* levels = nullptr;         // null: it has none

  static const model::AccessList kUnrestricted;
  static const std::vector<const RouteSettings*> kNoRoutes;
  static const std::vector<const UpstreamSettings*> kNoUpstreams;
};

class RuntimeSettings {
 public:
  virtual ~RuntimeSettings() = default;

  virtual uint64_t revision() const = 0;

  // The route of a request, or null. `host` as sent, without port, any case; `path` without query.
  // A route with a matching host beats one without; then the longest prefix that ends on a segment
  // boundary wins.
  virtual const RouteSettings* FindRoute(std::string_view host, std::string_view path) const = 0;

  // The key whose token has this hash, or null. Disabled and expired keys are returned: the
  // authenticator refuses them by reason.
  virtual const KeySettings* FindKey(const KeyHash& hash) const = 0;

  // HMAC-SHA256(hash key, token). About 0.3 us: pads are precomputed.
  virtual KeyHash HashToken(std::string_view token) const = 0;

  virtual const std::vector<std::unique_ptr<UpstreamSettings>>& upstreams() const = 0;
  virtual const std::vector<std::unique_ptr<RouteSettings>>& routes() const = 0;
  virtual const std::vector<std::unique_ptr<LevelSettings>>& levels() const = 0;
  virtual size_t key_count() const = 0;
};

using SettingsPtr = std::shared_ptr<const RuntimeSettings>;

}  // namespace llmgw::settings
