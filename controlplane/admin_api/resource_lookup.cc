#include "controlplane/admin_api/resource_lookup.h"

#include "common/text/near_name.h"
#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::admin_api {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

const std::string& OwnName(const store::StoredResource& stored) {
  static const std::string kNone;
  const auto& resource = stored.resource;
  switch (resource.body_case()) {
    case config::v1::Resource::kUpstream:
      return resource.upstream().name();
    case config::v1::Resource::kRoute:
      return resource.route().name();
    case config::v1::Resource::kClientKey:
      return resource.client_key().name();
    case config::v1::Resource::kLevel:
      return resource.level().name();
    case config::v1::Resource::BODY_NOT_SET:
      break;
  }
  return kNone;
}

Error Missing(const store::ConfigState& state, const char* kind, const std::string& noun,
              const std::string& name) {
  std::vector<std::string> names;
  for (const auto& stored : AllOfKind(state, kind)) names.push_back(OwnName(*stored));
  return NotFound("there is no " + noun + " '" + name + "'" + text::DidYouMean(name, names));
}

}  // namespace

std::vector<StoredPtr> AllOfKind(const store::ConfigState& state, const std::string& kind) {
  std::vector<StoredPtr> found;
  for (auto it = state.resources.lower_bound({kind, ""});
       it != state.resources.end() && it->first.first == kind; ++it) {
    found.push_back(it->second);
  }
  return found;
}

Result<StoredPtr> FindUpstream(const store::ConfigState& state, const std::string& name) {
  auto stored = state.Find(model::kUpstream, name);
  if (stored == nullptr) return Fail(Missing(state, model::kUpstream, "upstream", name));
  return stored;
}

Result<StoredPtr> FindRoute(const store::ConfigState& state, const std::string& name) {
  auto stored = state.Find(model::kRoute, name);
  if (stored == nullptr) return Fail(Missing(state, model::kRoute, "route", name));
  return stored;
}

Result<StoredPtr> FindLevel(const store::ConfigState& state, const std::string& name) {
  auto stored = state.Find(model::kLevel, name);
  if (stored == nullptr) return Fail(Missing(state, model::kLevel, "level", name));
  return stored;
}

Result<StoredPtr> FindKey(const store::ConfigState& state, const std::string& id_or_name) {
  if (auto stored = state.Find(model::kClientKey, id_or_name)) return stored;
  for (auto it = state.resources.lower_bound({model::kClientKey, ""});
       it != state.resources.end() && it->first.first == model::kClientKey; ++it) {
    if (it->second->resource.client_key().name() == id_or_name) return it->second;
  }
  return Fail(Missing(state, model::kClientKey, "key", id_or_name));
}

std::string NameForPeople(const store::StoredResource& stored) {
  const char* noun = stored.resource.has_upstream() ? "upstream"
                     : stored.resource.has_route()  ? "route"
                     : stored.resource.has_level()  ? "level"
                                                    : "key";
  return std::string(noun) + " '" + OwnName(stored) + "'";
}

Status RequireRevision(const store::StoredResource& stored, uint64_t expected) {
  if (expected == 0) {
    return Fail(InvalidArgument("expected_revision",
                                "is needed: read " + NameForPeople(stored) +
                                    " and give its meta.revision, so that a change made meanwhile "
                                    "is not overwritten"));
  }
  return MatchRevisionIfGiven(stored, expected);
}

Status MatchRevisionIfGiven(const store::StoredResource& stored, uint64_t expected) {
  uint64_t current = stored.resource.revision();
  if (expected == 0 || expected == current) return {};
  return Fail(Conflict(NameForPeople(stored) + " is at revision " + std::to_string(current) +
                       ", not " + std::to_string(expected) +
                       ": somebody changed it; read it again, then repeat"));
}

void FillMeta(const store::StoredResource& stored, admin::v1::Meta* meta) {
  meta->set_revision(stored.resource.revision());
  meta->set_created_revision(stored.resource.created_revision());
  *meta->mutable_created_at() = ToProto(stored.created_at);
  *meta->mutable_updated_at() = ToProto(stored.updated_at);
}

google::protobuf::Timestamp ToProto(std::chrono::system_clock::time_point time) {
  auto since_epoch = time.time_since_epoch();
  auto whole = std::chrono::floor<seconds>(since_epoch);
  google::protobuf::Timestamp result;
  result.set_seconds(whole.count());
  result.set_nanos(static_cast<int32_t>(nanoseconds(since_epoch - whole).count()));
  return result;
}

}  // namespace llmgw::controlplane::admin_api
