#pragma once

#include <string>
#include <vector>

#include "common/config/field_rules.h"
#include "llmgw/config/v1/resources.pb.h"

// The rules of each kind of resource by itself. Private to common/config; Validate() puts them
// together.
namespace llmgw::config {

// Names that exist in the candidate, sorted.
struct KnownNames {
  std::vector<std::string> upstreams;
  std::vector<std::string> routes;
  std::vector<std::string> levels;
};

void CheckUpstream(const v1::Upstream& upstream, const KnownNames& known, Faults& faults);
// `has_endpoint`: there is a server to ask, so active checks make sense.
void CheckHealth(const v1::Health& health, bool has_endpoint, Faults& faults);
// kind_rules.cc: the kind, and what only upstreams of one kind have.
void CheckKind(const v1::Upstream& upstream, Faults& faults);
// Of kind "replicate".
void CheckReplicate(const v1::Upstream& upstream, Faults& faults);
// `https`: its endpoint is, as far as can be told.
void CheckOutbound(const v1::Outbound& outbound, bool https, Faults& faults);
void CheckRoute(const v1::Route& route, const KnownNames& known, Faults& faults);
// Policy, weights, stickiness and retry budget: called by CheckRoute.
void CheckChoosing(const v1::Route& route, const KnownNames& known, Faults& faults);
void CheckClientKey(const v1::ClientKey& key, const KnownNames& known, Faults& faults);
// Parts of the above.
void CheckModelMap(const v1::Upstream& upstream, Faults& faults);
void CheckAnswers(const v1::Route& route, Faults& faults);
void CheckLevel(const v1::Level& level, Faults& faults);
// The field `addresses` of a route or key.
void CheckAddresses(const v1::AddressList& addresses, Faults& faults);

}  // namespace llmgw::config
