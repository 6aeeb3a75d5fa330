#include "controlplane/admin_api/access_lists.h"

#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr char kUpstreamSubject[] = "upstream";
constexpr char kKeySubject[] = "key";

struct Subject {
  const char* kind;
  const std::string& name;
  const Patterns& allow;
  const Patterns& deny;
};

Subject SubjectOf(const store::StoredResource& stored) {
  if (stored.resource.has_upstream()) {
    const auto& upstream = stored.resource.upstream();
    return {kUpstreamSubject, upstream.name(), upstream.allow(), upstream.deny()};
  }
  const auto& key = stored.resource.client_key();
  return {kKeySubject, key.name(), key.allow(), key.deny()};
}

// Fixed width, so that text order is number order.
std::string Padded(int index) {
  std::string digits = std::to_string(index);
  return std::string(6 - std::min<size_t>(6, digits.size()), '0') + digits;
}

void AddRules(const store::StoredResource& stored, const Subject& subject, const char* effect,
              const Patterns& patterns, std::vector<PlacedRule>* rules) {
  for (int i = 0; i < patterns.size(); ++i) {
    PlacedRule& placed = rules->emplace_back();
    placed.rule.set_effect(effect);
    placed.rule.set_subject_kind(subject.kind);
    placed.rule.set_subject(subject.name);
    placed.rule.set_pattern(patterns[i]);
    placed.rule.set_revision(stored.resource.revision());
    // '!' sorts before every character of a name, so "a" and its rules come before "a-b".
    placed.place = std::string(subject.kind) + "!" + subject.name + "!" + effect + "!" + Padded(i);
  }
}

bool IsAbout(const admin::v1::ListAccessRulesRequest& request, const StoredPtr& stored,
             const Subject& subject) {
  if (!request.subject_kind().empty() && request.subject_kind() != subject.kind) return false;
  if (request.subject().empty() || request.subject() == subject.name) return true;
  return stored->resource.has_client_key() &&
         stored->resource.client_key().id() == request.subject();
}

}  // namespace

Result<StoredPtr> FindSubject(const store::ConfigState& state, const admin::v1::AccessRule& rule) {
  if (rule.subject().empty()) {
    return Fail(InvalidArgument("rule.subject", "is needed: an upstream's or key's name"));
  }
  if (rule.subject_kind() == kUpstreamSubject) return FindUpstream(state, rule.subject());
  if (rule.subject_kind() == kKeySubject) return FindKey(state, rule.subject());
  return Fail(InvalidArgument("rule.subject_kind", "must be one of upstream, key"));
}

Result<Patterns*> ListOf(const std::string& effect, config::v1::Resource* subject) {
  bool upstream = subject->has_upstream();
  if (effect == "allow") {
    return upstream ? subject->mutable_upstream()->mutable_allow()
                    : subject->mutable_client_key()->mutable_allow();
  }
  if (effect == "deny") {
    return upstream ? subject->mutable_upstream()->mutable_deny()
                    : subject->mutable_client_key()->mutable_deny();
  }
  return Fail(InvalidArgument("rule.effect", "must be one of allow, deny"));
}

std::vector<PlacedRule> AllRules(const store::ConfigState& state,
                                 const admin::v1::ListAccessRulesRequest& request) {
  std::vector<PlacedRule> rules;
  for (const char* kind : {model::kUpstream, model::kClientKey}) {
    for (const auto& stored : AllOfKind(state, kind)) {
      Subject subject = SubjectOf(*stored);
      if (!IsAbout(request, stored, subject)) continue;
      if (request.effect() != "deny") AddRules(*stored, subject, "allow", subject.allow, &rules);
      if (request.effect() != "allow") AddRules(*stored, subject, "deny", subject.deny, &rules);
    }
  }
  return rules;
}

}  // namespace llmgw::controlplane::admin_api
