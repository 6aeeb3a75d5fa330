#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "controlplane/admin_api/resource_lookup.h"
#include "llmgw/admin/v1/access_service.pb.h"

// The four lists that access rules live in, as one flat collection.
namespace llmgw::controlplane::admin_api {

using Patterns = google::protobuf::RepeatedPtrField<std::string>;

// The resource that a rule is about. kInvalidArgument names the rule's field, kNotFound suggests a
// name.
Result<StoredPtr> FindSubject(const store::ConfigState& state, const admin::v1::AccessRule& rule);

// The list a rule belongs to, to edit; kInvalidArgument for an unknown effect. REQUIRES: an
// upstream or a key.
Result<Patterns*> ListOf(const std::string& effect, config::v1::Resource* subject);

// Every rule there is, by subject kind, subject, effect and place in its list, that fits the
// request's filters.
struct PlacedRule {
  admin::v1::AccessRule rule;
  std::string place;  // sorts like the above; unique
};
std::vector<PlacedRule> AllRules(const store::ConfigState& state,
                                 const admin::v1::ListAccessRulesRequest& request);

}  // namespace llmgw::controlplane::admin_api
