#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "controlplane/store/config_store.h"
#include "llmgw/admin/v1/common.pb.h"

namespace llmgw::controlplane::admin_api {

using StoredPtr = std::shared_ptr<const store::StoredResource>;

// Everything of one kind, in the order of its names in the store (keys: of their ids).
std::vector<StoredPtr> AllOfKind(const store::ConfigState& state, const std::string& kind);

// By name; a key by id or by name. kNotFound suggests the nearest name.
Result<StoredPtr> FindUpstream(const store::ConfigState& state, const std::string& name);
Result<StoredPtr> FindRoute(const store::ConfigState& state, const std::string& name);
Result<StoredPtr> FindLevel(const store::ConfigState& state, const std::string& name);
Result<StoredPtr> FindKey(const store::ConfigState& state, const std::string& id_or_name);

// What people call it: "upstream 'openai'", "key 'app'".
std::string NameForPeople(const store::StoredResource& stored);

// Optimistic locking: kConflict with the current revision when it is not `expected`. 0 is
// kInvalidArgument in an update, and "whatever it is" elsewhere.
Status RequireRevision(const store::StoredResource& stored, uint64_t expected);
Status MatchRevisionIfGiven(const store::StoredResource& stored, uint64_t expected);

void FillMeta(const store::StoredResource& stored, admin::v1::Meta* meta);

google::protobuf::Timestamp ToProto(std::chrono::system_clock::time_point time);

}  // namespace llmgw::controlplane::admin_api
