#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "admin-cli/import/naming.h"
#include "admin-cli/import/openai_forward_config.h"
#include "admin-cli/import/plan_rules.h"

namespace llmgw::admin_cli::migrate {
namespace {

using Kind = ForwardTarget::Kind;

constexpr int64_t kDefaultConnectMs = 10'000;
constexpr size_t kMostCredentialsOfOne = 100;
constexpr char kEveryModelLevel[] = "0";

std::string LevelName(const std::string& number) { return "level-" + number; }

std::string NormalPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '/') prefix.pop_back();
  if (prefix.empty()) return "/";
  return prefix.front() == '/' ? prefix : "/" + prefix;
}

std::string WithoutSlash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

// Of the user part of a URL (RFC 3986 2.1); what is no escape stays as it is.
std::string PercentDecoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const bool whole = text[i] == '%' && text.size() - i > 2;
    const char* begin = text.data() + i + 1;
    if (whole && std::from_chars(begin, begin + 2, code, 16).ptr == begin + 2) {
      out += static_cast<char>(code);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Error WrongAt(const Place& place, std::string message) {
  return InvalidArgument(place.key + " (line " + std::to_string(place.line) + ")",
                         std::move(message));
}

// Makes the plan out of a configuration that was read. Used once.
class ForwardPlanner {
 public:
  ForwardPlanner(ForwardConfig config, ShortTokens short_tokens)
      : config_(std::move(config)), short_tokens_(short_tokens) {
    plan_.not_carried = std::move(config_.not_carried);
  }

  Result<ImportPlan> Plan() {
    has_pool_ = !config_.api_keys.empty();
    TRY(PlanLevels());
    PlanCredentials();
    CheckAddresses();
    TRY(CheckTargets());
    for (const ForwardTarget& target : config_.targets) TRY(PlanTarget(target));
    if (config_.benchmark) PlanBenchmark();
    PlanClients();
    ExplainAccess();
    TRY(CheckPlan(plan_));
    return std::move(plan_);
  }

 private:
  void LeaveOut(const Place& place, std::string reason) {
    plan_.not_carried.push_back({place.key, place.line, std::move(reason)});
  }

  // Level 0 has every model there, whatever is written for it; it is made if somebody names it.
  Status PlanLevels() {
    bool names_zero = false;
    const bool leveled = std::any_of(config_.api_keys.begin(), config_.api_keys.end(),
                                     [](const auto& key) { return key.has_levels; });
    for (auto& key : config_.forward_keys) {
      // A pool with levels serves a key without one as level 0.
      if (leveled && !key.level) key.level = kEveryModelLevel;
      names_zero = names_zero || key.level == kEveryModelLevel;
    }
    for (const auto& key : config_.api_keys) {
      names_zero = names_zero || std::find(key.levels.begin(), key.levels.end(),
                                           kEveryModelLevel) != key.levels.end();
    }
    if (names_zero) AddLevel(kEveryModelLevel, {});
    for (const ForwardLevel& level : config_.levels) {
      if (level.number == kEveryModelLevel) {
        LeaveOut(level.place, "level 0 has every model");
        if (!names_zero) AddLevel(kEveryModelLevel, {});
        continue;
      }
      if (level.models.empty()) {
        LeaveOut(level.place, "a level without models would have every model here");
        continue;
      }
      AddLevel(level.number, level.models);
      for (const char* field : {"name", "models"}) {
        if (auto fault = FaultOf(plan_.levels.back(), field); !fault.empty())
          return Fail(WrongAt(level.place, std::string(field) + " " + fault));
      }
    }
    return {};
  }

  void AddLevel(const std::string& number, const std::vector<std::string>& models) {
    config::v1::Level level;
    level.set_name(LevelName(number));
    std::set<std::string> seen;
    for (const std::string& model : models)
      if (seen.insert(model).second) level.add_models(model);
    plan_.levels.push_back(std::move(level));
    known_levels_.insert(number);
  }

  // One pool for all targets of type openai.
  void PlanCredentials() {
    std::set<std::string> seen;
    for (size_t i = 0; i < config_.api_keys.size(); ++i) {
      const ForwardApiKey& key = config_.api_keys[i];
      const Place place{key.place.key + " (key " + std::to_string(i + 1) + ")", key.place.line};
      if (!seen.insert(key.secret.Reveal()).second) {
        LeaveOut(place, "stands here twice; it is one credential");
        continue;
      }
      config::v1::Credential credential;
      credential.set_id("key-" + std::to_string(i + 1));
      credential.set_secret(key.secret.Reveal());
      for (const std::string& level : key.levels) {
        if (known_levels_.contains(level)) {
          credential.add_levels(LevelName(level));
        } else {
          LeaveOut(place, "is for a level that has no models, so nobody could use it for that");
        }
      }
      if (key.has_levels && credential.levels().empty()) {
        LeaveOut(place, "has no level, so nobody could use it; without one it would serve all");
      } else if (credentials_.size() == kMostCredentialsOfOne) {
        LeaveOut(place, "an upstream has at most 100 credentials; make a second upstream of them");
      } else {
        credentials_.push_back(std::move(credential));
      }
    }
  }

  void CheckAddresses() {
    config::v1::Route probe;
    const auto check = [&](const std::vector<std::string>& from, const Place& place, auto* into) {
      for (const std::string& entry : from) {
        if (std::find(into->begin(), into->end(), entry) != into->end()) continue;
        probe.mutable_addresses()->add_deny(entry);
        if (auto fault = FaultOf(probe, "addresses"); fault.empty()) {
          *into->Add() = entry;
        } else {
          LeaveOut(place, "an entry " + fault);
        }
        probe.clear_addresses();
      }
    };
    check(config_.allow_addresses, config_.allow_place, addresses_.mutable_allow());
    check(config_.deny_addresses, config_.deny_place, addresses_.mutable_deny());
    if (!config_.allow_addresses.empty() && addresses_.allow().empty()) {
      // It let nobody in; without the list everybody would come in.
      addresses_.add_deny("0.0.0.0/0");
      addresses_.add_deny("::/0");
    }
    if (addresses_.ByteSizeLong() > 0) {
      plan_.not_carried.push_back(
          {"X-Forwarded-For", 0,
           "was believed of everybody; here only of the dataplane's --trusted-proxies"});
    }
  }

  // Which of them is the route "default", that a new controlplane has at /v1: the one for "/", else
  // the one for "/v1".
  Status CheckTargets() {
    if (config_.targets.empty()) {
      return Fail(InvalidArgument("the file", "names no target that can be carried over"));
    }
    for (const char* wanted : {"/", "/v1"}) {
      for (const ForwardTarget& target : config_.targets) {
        if (NormalPrefix(target.prefix) != wanted || !default_prefix_.empty()) continue;
        default_prefix_ = wanted;
        (void)route_names_.Take("default");
      }
    }
    return {};
  }

  Status PlanTarget(const ForwardTarget& target) {
    const std::string prefix = NormalPrefix(target.prefix);
    if (!prefixes_.insert(prefix).second) {
      LeaveOut(target.place, "the target for " + prefix +
                                 " that stands before it took every "
                                 "request already");
      return {};
    }
    TRY_ASSIGN(const std::string upstream, UpstreamFor(target));
    config::v1::Route route;
    route.set_name(prefix == default_prefix_ ? "default"
                                             : route_names_.Take(prefix == "/" ? "root" : prefix));
    route.set_prefix(prefix);
    if (auto fault = FaultOf(route, "prefix"); !fault.empty())
      return Fail(WrongAt(target.place, "the route " + fault));
    route.add_upstreams(upstream);
    const bool pooled = target.kind == Kind::kOpenai && has_pool_;
    if (!pooled && target.kind != Kind::kOllama) route.set_auth("none");
    if (pooled || target.kind == Kind::kOllama) key_routes_.push_back(route.name());
    if (target.kind == Kind::kOpenai ? config_.log_openai : config_.log_general)
      route.set_log_policy("bodies");
    if (addresses_.ByteSizeLong() > 0) *route.mutable_addresses() = addresses_;
    // The route "default" is the first: what it takes over has to be out of the others' way.
    plan_.routes.insert(route.name() == "default" ? plan_.routes.begin() : plan_.routes.end(),
                        route);
    return {};
  }

  // Targets of one kind with one base URL are one upstream.
  Result<std::string> UpstreamFor(const ForwardTarget& target) {
    const std::string endpoint = WithoutSlash(target.base_url);
    const auto key = std::make_pair(static_cast<int>(target.kind), endpoint);
    const auto found = upstreams_.find(key);
    if (found != upstreams_.end()) return found->second;
    config::v1::Upstream upstream;
    upstream.set_kind("openai");
    upstream.set_endpoint(endpoint);
    upstream.set_name(upstream_names_.Take(HostOf(endpoint)));
    if (auto fault = FaultOf(upstream, "endpoint"); !fault.empty())
      return Fail(WrongAt(target.place, "the base URL " + fault));
    if (target.kind == Kind::kOllama) {
      upstream.set_credential_mode("none");
    } else if (target.kind == Kind::kGeneral || !has_pool_) {
      upstream.set_credential_mode("passthrough");
    } else {
      upstream.mutable_credentials()->Assign(credentials_.begin(), credentials_.end());
      if (auto fault = FaultOf(upstream, "credentials"); !fault.empty())
        return Fail(WrongAt(config_.api_keys.front().place, "a key " + fault));
    }
    for (const auto& [alias, model] : target.model_map)
      (*upstream.mutable_model_map())[alias] = model;
    if (config_.connect_timeout_ms != 0 && config_.connect_timeout_ms != kDefaultConnectMs) {
      auto& connect = *upstream.mutable_timeouts()->mutable_connect();
      connect.set_seconds(config_.connect_timeout_ms / 1000);
      connect.set_nanos(static_cast<int32_t>(config_.connect_timeout_ms % 1000) * 1'000'000);
    }
    SetProxy(upstream);
    upstreams_[key] = upstream.name();
    plan_.upstreams.push_back(std::move(upstream));
    return plan_.upstreams.back().name();
  }

  // "http://user:password@host:port"
  void SetProxy(config::v1::Upstream& upstream) {
    if (config_.proxy.empty()) return;
    std::string url = WithoutSlash(config_.proxy);
    auto& outbound = *upstream.mutable_outbound();
    const size_t begin = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
    const size_t at = url.rfind('@');
    if (at != std::string::npos && at > begin) {
      const std::string user = url.substr(begin, at - begin);
      const size_t colon = user.find(':');
      outbound.set_proxy_user(PercentDecoded(user.substr(0, colon)));
      if (colon != std::string::npos) {
        auto& password = *outbound.add_secrets();
        password.set_id("proxy_password");
        password.set_secret(PercentDecoded(user.substr(colon + 1)));
      }
      url.erase(begin, at + 1 - begin);
    }
    outbound.set_proxy(url);
    const bool http = url.rfind("http://", 0) == 0;
    const std::string fault = http ? FaultOf(upstream, "outbound") : "is no http:// URL";
    if (fault.empty()) return;
    upstream.clear_outbound();
    if (!proxy_explained_) LeaveOut(config_.proxy_place, "the proxy " + fault);
    proxy_explained_ = true;
  }

  void PlanBenchmark() {
    config::v1::Upstream mock;
    mock.set_name(upstream_names_.Take("benchmark"));
    mock.set_kind("mock");
    config::v1::Route route;
    route.set_name(route_names_.Take("benchmark"));
    route.set_prefix("/benchmark/v1");
    route.add_upstreams(mock.name());
    route.set_auth("none");
    if (addresses_.ByteSizeLong() > 0) *route.mutable_addresses() = addresses_;
    plan_.upstreams.push_back(std::move(mock));
    plan_.routes.push_back(std::move(route));
  }

  void PlanClients() {
    std::set<std::string> seen;
    for (size_t i = 0; i < config_.forward_keys.size(); ++i) {
      const ForwardClientKey& forward = config_.forward_keys[i];
      const Place place{forward.place.key + " (key " + std::to_string(i + 1) + ")",
                        forward.place.line};
      if (key_routes_.empty()) {
        LeaveOut(place, "there is no OPENAI_API_KEY that it stands for");
        continue;
      }
      if (forward.level && !known_levels_.contains(*forward.level)) {
        LeaveOut(place, "its level has no models");
        continue;
      }
      if (!seen.insert(forward.token.Reveal()).second) {
        LeaveOut(place, "stands here twice; the first one counts");
        continue;
      }
      config::v1::ClientKey key;
      key.set_name("forward-key-" + std::to_string(i + 1));
      key.mutable_routes()->Assign(key_routes_.begin(), key_routes_.end());
      if (forward.level) key.add_levels(LevelName(*forward.level));
      PlanKey(std::move(key), forward.token, short_tokens_, place.key, place.line, plan_);
    }
  }

  void ExplainAccess() {
    const bool pooled =
        has_pool_ && std::any_of(config_.targets.begin(), config_.targets.end(),
                                 [](const auto& target) { return target.kind == Kind::kOpenai; });
    if (pooled && config_.forward_keys.empty()) {
      LeaveOut(config_.api_keys.front().place,
               "without forward keys everybody could use these; here a key is needed: llmctl key "
               "create NAME, or open a route by name: llmctl route set " +
                   key_routes_.front() + " --auth none");
    } else if (pooled) {
      plan_.not_carried.push_back(
          {"tokens that are no forward key", 0,
           "were passed through to the upstream; here they are answered 401"});
    }
    for (const ForwardTarget& target : config_.targets) {
      if (target.kind == Kind::kOllama)
        LeaveOut(target.place,
                 "its route asks for a key; to open it: llmctl route set NAME --auth none");
    }
  }

  ForwardConfig config_;
  const ShortTokens short_tokens_;
  ImportPlan plan_;
  bool has_pool_ = false;
  std::vector<config::v1::Credential> credentials_;
  config::v1::AddressList addresses_;
  std::set<std::string> known_levels_;
  std::set<std::string> prefixes_;
  std::string default_prefix_;
  Names upstream_names_, route_names_;
  std::map<std::pair<int, std::string>, std::string> upstreams_;
  std::vector<std::string> key_routes_;
  bool proxy_explained_ = false;
};

}  // namespace

Result<ImportPlan> PlanOfForward(ForwardConfig config, ShortTokens short_tokens) {
  return ForwardPlanner(std::move(config), short_tokens).Plan();
}

}  // namespace llmgw::admin_cli::migrate
