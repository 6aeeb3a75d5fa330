#include "admin-cli/import/openai_api_route.h"

#include <algorithm>
#include <map>
#include <optional>

#include "admin-cli/import/naming.h"
#include "admin-cli/import/plan_rules.h"
#include "admin-cli/import/yaml_value.h"

namespace llmgw::admin_cli::migrate {
namespace {

constexpr int64_t kDefaultTimeoutMs = 120'000;
constexpr int64_t kDefaultStreamTimeoutMs = 10'000;
// What the ancestor asked whatever the file said.
constexpr char kReplicateEndpoint[] = "https://api.replicate.com/v1";

using FieldMap = std::map<std::string, YamlValue>;

const YamlValue& FieldOf(const FieldMap& fields, const std::string& name) {
  static const YamlValue kAbsent;
  const auto found = fields.find(name);
  return found == fields.end() ? kAbsent : found->second;
}

// Fields by name; those that are not `known` go among what is not carried over.
Result<FieldMap> KnownFields(const YamlValue& value, const std::vector<std::string>& known,
                             ImportPlan& plan) {
  TRY_ASSIGN(auto fields, value.Fields());
  FieldMap map;
  for (auto& [name, field] : fields) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      plan.not_carried.push_back(
          {field.path(), field.line(), "openai-api-route has no key of this name"});
    } else {
      map.emplace(name, std::move(field));
    }
  }
  return map;
}

// One entry of `upstreams` as it counts: with what it inherits.
struct Source {
  YamlValue place;
  std::string sk;
  std::string endpoint;
  std::string type;
  bool keep_header = false;
  bool open = false;                // noauth
  std::vector<std::string> tokens;  // with !open: who may use it
  int64_t timeout = 0;
  int64_t stream_timeout = 0;
  std::vector<std::string> allow;
  std::vector<std::string> deny;
  YamlValue sk_place, endpoint_place, noauth_place, type_place;
};

struct Defaults {
  std::vector<std::string> tokens;
  int64_t timeout = kDefaultTimeoutMs;
  int64_t stream_timeout = kDefaultStreamTimeoutMs;
};

// Exact names there; a repeated one means nothing more.
Result<std::vector<std::string>> ModelsOf(const YamlValue& list, ImportPlan& plan) {
  TRY_ASSIGN(const auto items, list.Items());
  std::vector<std::string> models;
  for (const YamlValue& item : items) {
    TRY_ASSIGN(const std::string model, item.Text());
    config::v1::Level probe;
    probe.set_name("probe");
    probe.add_models(model);
    if (const std::string fault = FaultOf(probe, "models"); !fault.empty())
      return Fail(item.Wrong(fault));
    if (model.back() == '*') {
      plan.not_carried.push_back({item.path(), item.line(),
                                  "was an exact name; here the '*' at its end stands for whatever "
                                  "follows"});
    }
    if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(model);
  }
  return models;
}

Result<Source> SourceOf(const YamlValue& entry, const Defaults& defaults, ImportPlan& plan) {
  TRY_ASSIGN(const FieldMap fields,
             KnownFields(entry,
                         {"sk", "endpoint", "timeout", "stream_timeout", "allow", "deny", "type",
                          "keep_header", "authorization", "noauth"},
                         plan));
  Source source;
  source.place = entry;
  source.sk_place = FieldOf(fields, "sk");
  source.endpoint_place = FieldOf(fields, "endpoint").unset() ? entry : FieldOf(fields, "endpoint");
  source.noauth_place = FieldOf(fields, "noauth");
  source.type_place = FieldOf(fields, "type");
  TRY_ASSIGN(source.sk, source.sk_place.Text());
  TRY_ASSIGN(source.endpoint, FieldOf(fields, "endpoint").Text());
  TRY_ASSIGN(source.type, FieldOf(fields, "type").Text());
  TRY_ASSIGN(source.keep_header, FieldOf(fields, "keep_header").Flag());
  TRY_ASSIGN(source.open, source.noauth_place.Flag());
  TRY_ASSIGN(source.tokens, FieldOf(fields, "authorization").Words());
  TRY_ASSIGN(source.timeout, FieldOf(fields, "timeout").Milliseconds());
  TRY_ASSIGN(source.stream_timeout, FieldOf(fields, "stream_timeout").Milliseconds());
  TRY_ASSIGN(source.allow, ModelsOf(FieldOf(fields, "allow"), plan));
  TRY_ASSIGN(source.deny, ModelsOf(FieldOf(fields, "deny"), plan));
  if (source.tokens.empty()) source.tokens = defaults.tokens;
  if (source.timeout == 0) source.timeout = defaults.timeout;
  if (source.stream_timeout == 0) source.stream_timeout = defaults.stream_timeout;
  if (!source.type.empty() && source.type != "openai" && source.type != "replicate")
    return Fail(source.type_place.Wrong("must be openai or replicate"));
  return source;
}

void SetMilliseconds(int64_t milliseconds, google::protobuf::Duration* duration) {
  duration->set_seconds(milliseconds / 1000);
  duration->set_nanos(static_cast<int32_t>(milliseconds % 1000) * 1'000'000);
}

void SetCredential(const Source& source, config::v1::Upstream& upstream) {
  if (source.sk == "asis") {
    upstream.set_credential_mode("passthrough");
  } else if (source.sk.empty()) {
    upstream.set_credential_mode("none");
  } else {
    auto& credential = *upstream.add_credentials();
    credential.set_id("sk");
    credential.set_secret(source.sk);
  }
}

// Nothing when this version has no such kind of upstream.
Result<std::optional<config::v1::Upstream>> UpstreamOfSource(const Source& source, Names& names,
                                                             ImportPlan& plan) {
  config::v1::Upstream upstream;
  const bool replicate = source.type == "replicate";
  upstream.set_kind(replicate ? "replicate" : "openai");
  upstream.set_endpoint(replicate ? kReplicateEndpoint : source.endpoint);
  upstream.set_name(names.Take(HostOf(upstream.endpoint())));
  if (const std::string fault = FaultOf(upstream, "endpoint"); !fault.empty())
    return Fail(source.endpoint_place.Wrong(fault));
  if (!FaultOf(upstream, "kind").empty()) {
    plan.not_carried.push_back({source.place.path(), source.place.line(),
                                "upstreams of type " + source.type + " are not supported yet"});
    return std::optional<config::v1::Upstream>();
  }
  SetCredential(source, upstream);
  if (const std::string fault = FaultOf(upstream, "credentials"); !fault.empty())
    return Fail(source.sk_place.Wrong(fault));
  if (!source.keep_header) upstream.set_headers("minimal");
  upstream.mutable_allow()->Assign(source.allow.begin(), source.allow.end());
  upstream.mutable_deny()->Assign(source.deny.begin(), source.deny.end());
  if (source.timeout != kDefaultTimeoutMs)
    SetMilliseconds(source.timeout, upstream.mutable_timeouts()->mutable_first_byte());
  if (source.stream_timeout != kDefaultStreamTimeoutMs)
    SetMilliseconds(source.stream_timeout,
                    upstream.mutable_timeouts()->mutable_first_byte_stream());
  return std::optional<config::v1::Upstream>(std::move(upstream));
}

void ExplainAccess(const Source& source, const std::string& name, bool all_open, ImportPlan& plan) {
  if (source.open && !all_open) {
    plan.not_carried.push_back(
        {source.noauth_place.path(), source.noauth_place.line(),
         "the route default asks for keys, and every imported key may use the upstream " + name +
             "; to serve it without one: llmctl route add open --prefix /open/v1 --upstream " +
             name + " --auth none"});
  }
  if (!source.open && source.tokens.empty()) {
    plan.not_carried.push_back(
        {source.place.path() + ".authorization", source.place.line(),
         "is empty, so requests without a token were served; here a key is needed: llmctl key "
         "create NAME --upstream " +
             name});
  }
  if (source.sk == "asis" && !(source.open && all_open)) {
    plan.not_carried.push_back(
        {source.sk_place.path(), source.sk_place.line(),
         "asis sent the client's token to the upstream; a key of this gateway is never sent on, so "
         "clients give the upstream's credential in another header (x-api-key or api-key)"});
  }
}

void PlanTokens(const std::vector<Source>& sources, const std::vector<std::string>& names,
                ShortTokens short_tokens, ImportPlan& plan) {
  struct Use {
    YamlValue place;
    std::vector<std::string> upstreams;
  };
  std::vector<std::string> order;
  std::map<std::string, Use> uses;
  for (const Source& source : sources) {
    for (const std::string& token : source.tokens) {
      if (source.open || !uses.emplace(token, Use{source.place, {}}).second) continue;
      order.push_back(token);
    }
  }
  for (size_t i = 0; i < order.size(); ++i) {
    config::v1::ClientKey key;
    key.set_name("client-" + std::to_string(i + 1));
    key.add_routes("default");
    for (size_t s = 0; s < sources.size(); ++s) {
      const auto& tokens = sources[s].tokens;
      const bool may =
          sources[s].open || std::find(tokens.begin(), tokens.end(), order[i]) != tokens.end();
      if (may) key.add_upstreams(names[s]);
    }
    if (static_cast<size_t>(key.upstreams_size()) == names.size()) key.clear_upstreams();
    const YamlValue& place = uses.at(order[i]).place;
    PlanKey(std::move(key), SecretString(order[i]), short_tokens,
            "authorization (token " + std::to_string(i + 1) + ")", place.line(), plan);
  }
}

void Leave(const FieldMap& fields, const char* name, const char* reason, ImportPlan& plan) {
  const YamlValue& field = FieldOf(fields, name);
  if (!field.unset()) plan.not_carried.push_back({field.path(), field.line(), reason});
}

Result<config::v1::Route> RouteOfFile(const FieldMap& fields) {
  config::v1::Route route;
  route.set_name("default");
  route.set_prefix("/v1");
  route.add_retry_on("any-error");
  route.mutable_retry_budget()->set_percent(100);  // it tried them all, for every request
  TRY_ASSIGN(const std::string policy, FieldOf(fields, "lb_policy").Text());
  if (policy == "random") {
    route.set_policy("random");
  } else if (!policy.empty() && policy != "order") {
    return Fail(FieldOf(fields, "lb_policy").Wrong("must be order or random"));
  }
  // It recorded every request with its bodies, but for `dbtype: none`.
  TRY_ASSIGN(const std::string database, FieldOf(fields, "dbtype").Text());
  route.set_log_policy(database == "none" ? "none" : "bodies");
  return route;
}

void ExplainTheRest(const FieldMap& fields, ImportPlan& plan) {
  Leave(fields, "address", "is where the program listens: --listen of llmgw-dataplane", plan);
  Leave(fields, "hostname", "was written into records; here they name the dataplane: --id", plan);
  Leave(fields, "dbtype",
        "records are kept by the controlplane, in its --database; that bodies are recorded is "
        "carried over as the route's log policy",
        plan);
  Leave(fields, "dbaddr", "old records stay where they are; new ones go to the controlplane", plan);
  plan.not_carried.push_back(
      {"FEISHU_WEBHOOK, MATRIX_API (environment)", 0, "alerts are not supported yet"});
}

}  // namespace

Result<ImportPlan> PlanOfApiRoute(const std::string& yaml, ShortTokens short_tokens) {
  ImportPlan plan;
  TRY_ASSIGN(const YamlValue root, YamlValue::Parse(yaml, ""));
  TRY_ASSIGN(const FieldMap fields,
             KnownFields(root,
                         {"address", "hostname", "dbtype", "dbaddr", "authorization", "timeout",
                          "stream_timeout", "upstreams", "lb_policy"},
                         plan));
  Defaults defaults;
  TRY_ASSIGN(defaults.tokens, FieldOf(fields, "authorization").Words());
  TRY_ASSIGN(const int64_t timeout, FieldOf(fields, "timeout").Milliseconds());
  TRY_ASSIGN(const int64_t stream_timeout, FieldOf(fields, "stream_timeout").Milliseconds());
  if (timeout != 0) defaults.timeout = timeout;
  if (stream_timeout != 0) defaults.stream_timeout = stream_timeout;

  TRY_ASSIGN(config::v1::Route route, RouteOfFile(fields));
  TRY_ASSIGN(const auto entries, FieldOf(fields, "upstreams").Items());
  Names names;
  std::vector<Source> sources;
  std::vector<std::string> taken;
  for (const YamlValue& entry : entries) {
    TRY_ASSIGN(Source source, SourceOf(entry, defaults, plan));
    TRY_ASSIGN(auto upstream, UpstreamOfSource(source, names, plan));
    if (!upstream) continue;
    route.add_upstreams(upstream->name());
    taken.push_back(upstream->name());
    plan.upstreams.push_back(std::move(*upstream));
    sources.push_back(std::move(source));
  }
  if (entries.empty()) return Fail(root.Wrong("has no upstreams"));
  const bool all_open = !sources.empty() && std::all_of(sources.begin(), sources.end(),
                                                        [](const Source& s) { return s.open; });
  if (all_open) route.set_auth("none");
  for (size_t i = 0; i < sources.size(); ++i) ExplainAccess(sources[i], taken[i], all_open, plan);
  // Without an upstream it would be a route to all there are.
  if (!sources.empty()) {
    plan.routes.push_back(std::move(route));
    PlanTokens(sources, taken, short_tokens, plan);
  }
  ExplainTheRest(fields, plan);
  TRY(CheckPlan(plan));
  return plan;
}

}  // namespace llmgw::admin_cli::migrate
