#include "admin-cli/import/plan_rules.h"

#include <set>

#include "common/config/validate.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::admin_cli::migrate {
namespace {

using config::v1::Resource;
using config::v1::Snapshot;

// "upstreams[openai].endpoint" is about the field "endpoint", and so is "….endpoint.host".
bool IsAbout(const std::string& path, const std::string& field) {
  const size_t end = path.find("].");
  if (end == std::string::npos) return false;
  const std::string rest = path.substr(end + 2);
  if (rest.rfind(field, 0) != 0) return false;
  return rest.size() == field.size() || rest[field.size()] == '.' || rest[field.size()] == '[';
}

std::string FirstFault(const Snapshot& snapshot, const std::string& field) {
  for (const Error& fault : config::Validate(snapshot)) {
    if (IsAbout(fault.field, field)) return fault.message;
  }
  return {};
}

// A key as the validator of snapshot files takes it: with its token instead of a hash.
config::v1::ClientKey WithToken(const PlannedKey& planned) {
  config::v1::ClientKey key = planned.key;
  key.set_token(planned.needs_new_token ? "made-by-the-controlplane-" + key.name()
                                        : planned.token.Reveal());
  return key;
}

}  // namespace

std::string FaultOf(const config::v1::Upstream& upstream, const std::string& field) {
  Snapshot snapshot;
  *snapshot.add_resources()->mutable_upstream() = upstream;
  std::set<std::string> levels;
  for (const auto& credential : upstream.credentials())
    levels.insert(credential.levels().begin(), credential.levels().end());
  for (const std::string& level : levels)
    snapshot.add_resources()->mutable_level()->set_name(level);
  return FirstFault(snapshot, field);
}

std::string FaultOf(const config::v1::Route& route, const std::string& field) {
  Snapshot snapshot;
  *snapshot.add_resources()->mutable_route() = route;
  return FirstFault(snapshot, field);
}

std::string FaultOf(const config::v1::Level& level, const std::string& field) {
  Snapshot snapshot;
  *snapshot.add_resources()->mutable_level() = level;
  return FirstFault(snapshot, field);
}

std::string TokenFault(const SecretString& token) {
  Snapshot snapshot;
  auto& key = *snapshot.add_resources()->mutable_client_key();
  key.set_name("imported");
  key.set_token(token.Reveal());
  return FirstFault(snapshot, "token");
}

Status CheckPlan(const ImportPlan& plan) {
  Snapshot snapshot;
  for (const auto& level : plan.levels) *snapshot.add_resources()->mutable_level() = level;
  for (const auto& upstream : plan.upstreams)
    *snapshot.add_resources()->mutable_upstream() = upstream;
  for (const auto& route : plan.routes) *snapshot.add_resources()->mutable_route() = route;
  for (const auto& key : plan.keys)
    *snapshot.add_resources()->mutable_client_key() = WithToken(key);
  const auto faults = config::Validate(snapshot);
  if (faults.empty()) return {};
  Error first = faults.front();
  if (faults.size() > 1) first.message += " (and " + std::to_string(faults.size() - 1) + " more)";
  return Fail(std::move(first));
}

}  // namespace llmgw::admin_cli::migrate
