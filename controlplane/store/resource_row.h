#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "controlplane/store/config_store.h"

// How a resource becomes a row and comes back.
namespace llmgw::controlplane::store {

// Kind and name of a body; both empty when no body is set.
ResourceId IdOf(const config::v1::Resource& resource);

// Takes out everything that must never be stored in clear: secrets of credentials, tokens of client
// keys. Callers have sealed them before; this is the last gate.
void RemoveSecrets(config::v1::Resource* resource);

// JSON of the bare Upstream, Route or ClientKey.
std::string BodyJson(const config::v1::Resource& resource);

// The same for people who read the audit: without the hash of a client key, which is of no use to
// them and of some use to a thief.
std::string AuditJson(const config::v1::Resource& resource);

// The other way. Fields that this program does not know are skipped: during a rolling update an
// older controlplane reads what a newer one wrote. kInternal names the row.
Result<config::v1::Resource> ParseRow(const std::string& kind, const std::string& name,
                                      std::string_view body_json);

}  // namespace llmgw::controlplane::store
