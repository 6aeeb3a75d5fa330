#include "dataplane/config_sync/config_state.h"

#include <string_view>
#include <unordered_map>
#include <utility>

namespace llmgw::config_sync {
namespace {

using config::v1::Resource;

// Kind and name; the views are those of the message.
using Ref = std::pair<std::string_view, std::string_view>;

struct RefHash {
  size_t operator()(const Ref& ref) const {
    return std::hash<std::string_view>{}(ref.second) ^ ref.first.size();
  }
};

// Empty for a resource without a body.
Ref RefOf(const Resource& resource) {
  switch (resource.body_case()) {
    case Resource::kUpstream:
      return {"upstream", resource.upstream().name()};
    case Resource::kRoute:
      return {"route", resource.route().name()};
    case Resource::kClientKey:
      return {"client_key", resource.client_key().id()};
    case Resource::kLevel:
      return {"level", resource.level().name()};
    case Resource::BODY_NOT_SET:
      return {};
  }
  return {};
}

constexpr size_t kNowhere = SIZE_MAX;

}  // namespace

ConfigState ConfigState::FromSnapshot(uint64_t revision, config::v1::Snapshot snapshot) {
  ConfigState state;
  state.revision_ = revision;
  state.store_id_ = std::move(*snapshot.mutable_store_id());
  state.client_key_hash_key_ = std::move(*snapshot.mutable_client_key_hash_key());
  auto& resources = *snapshot.mutable_resources();
  std::vector<Resource*> released(static_cast<size_t>(resources.size()));
  resources.ExtractSubrange(0, resources.size(), released.data());
  state.resources_.reserve(released.size());
  for (Resource* resource : released) state.resources_.emplace_back(resource);
  return state;
}

Result<ConfigState> ConfigState::WithDelta(uint64_t revision,
                                           const config::v1::Delta& delta) const {
  if (delta.from_revision() != revision_) {
    return Fail(Conflict("the delta starts from revision " + std::to_string(delta.from_revision()) +
                         ", but revision " + std::to_string(revision_) + " is held"));
  }
  // Where the things that the delta names stand: it names few of very many.
  std::unordered_map<Ref, size_t, RefHash> places;
  for (const auto& ref : delta.removals()) places[{ref.kind(), ref.name()}] = kNowhere;
  for (const Resource& upsert : delta.upserts()) {
    if (upsert.body_case() == Resource::BODY_NOT_SET) {
      return Fail(InvalidArgument("delta.upserts", "has a resource of no known kind"));
    }
    places[RefOf(upsert)] = kNowhere;
  }
  for (size_t i = 0; i < resources_.size(); ++i) {
    const auto found = places.find(RefOf(*resources_[i]));
    if (found != places.end()) found->second = i;
  }

  ConfigState next = *this;
  next.revision_ = revision;
  for (const auto& ref : delta.removals()) {
    const size_t place = places[{ref.kind(), ref.name()}];
    if (place != kNowhere) next.resources_[place] = nullptr;
  }
  for (const Resource& upsert : delta.upserts()) {
    size_t& place = places[RefOf(upsert)];
    if (place == kNowhere) {
      place = next.resources_.size();
      next.resources_.emplace_back();
    }
    next.resources_[place] = std::make_shared<const Resource>(upsert);
  }
  std::erase(next.resources_, nullptr);
  return next;
}

SnapshotView::SnapshotView(const ConfigState& state) {
  snapshot_.set_store_id(state.store_id_);
  snapshot_.set_client_key_hash_key(state.client_key_hash_key_);
  auto& resources = *snapshot_.mutable_resources();
  resources.Reserve(static_cast<int>(state.resources_.size()));
  // Borrowed, and given back by the destructor; nobody gets to change them through `snapshot_`.
  for (const auto& resource : state.resources_) {
    resources.UnsafeArenaAddAllocated(const_cast<Resource*>(resource.get()));
  }
}

SnapshotView::~SnapshotView() {
  auto& resources = *snapshot_.mutable_resources();
  resources.UnsafeArenaExtractSubrange(0, resources.size(), nullptr);
}

}  // namespace llmgw::config_sync
