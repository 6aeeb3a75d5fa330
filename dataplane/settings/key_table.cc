#include "dataplane/settings/key_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace llmgw::settings {
namespace {

constexpr size_t kBlockBytes = 64 * 1024;
constexpr size_t kFirstSlots = 16;

// The hash is the output of an HMAC under a secret key, so its first bytes are as good as any hash
// of it and nobody outside can make them collide.
size_t Home(const KeyHash& hash) {
  size_t value;
  std::memcpy(&value, hash.data(), sizeof(value));
  return value;
}

}  // namespace

const model::AccessList KeySettings::kUnrestricted;
const std::vector<const RouteSettings*> KeySettings::kNoRoutes;
const std::vector<const UpstreamSettings*> KeySettings::kNoUpstreams;

void KeyTable::Reserve(size_t count, size_t text_bytes) {
  entries_.reserve(count);
  if (count * 2 > slots_.size()) Rehash(std::bit_ceil(count * 2));
  if (text_bytes > block_left_) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(text_bytes));
    block_next_ = blocks_.back().get();
    block_left_ = text_bytes;
  }
}

void KeyTable::Insert(const KeyHash& hash, const KeySettings& key) {
  // At most half full: a miss, which is what a stranger's token costs, looks at two slots.
  if ((entries_.size() + 1) * 2 > slots_.size()) {
    Rehash(std::max(kFirstSlots, slots_.size() * 2));
  }
  const size_t slot = SlotOf(hash);
  if (slots_[slot] != 0) return;
  entries_.push_back({hash,
                      {.id = Keep(key.id),
                       .name = Keep(key.name),
                       .expires_at = key.expires_at,
                       .models = key.models,
                       .routes = key.routes,
                       .upstreams = key.upstreams,
                       .any_route = key.any_route,
                       .any_upstream = key.any_upstream,
                       .disabled = key.disabled,
                       .log_policy = key.log_policy,
                       .addresses = key.addresses,
                       .levels = key.levels}});
  slots_[slot] = static_cast<uint32_t>(entries_.size());
}

const KeySettings* KeyTable::Find(const KeyHash& hash) const {
  if (entries_.empty()) return nullptr;
  const uint32_t index = slots_[SlotOf(hash)];
  return index == 0 ? nullptr : &entries_[index - 1].key;
}

size_t KeyTable::SlotOf(const KeyHash& hash) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = Home(hash) & mask;
  while (slots_[slot] != 0 && entries_[slots_[slot] - 1].hash != hash) slot = (slot + 1) & mask;
  return slot;
}

void KeyTable::Rehash(size_t slots) {
  slots_.assign(slots, 0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    slots_[SlotOf(entries_[i].hash)] = static_cast<uint32_t>(i + 1);
  }
}

std::string_view KeyTable::Keep(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > block_left_) {
    const size_t bytes = std::max(kBlockBytes, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    block_next_ = blocks_.back().get();
    block_left_ = bytes;
  }
  char* kept = block_next_;
  std::memcpy(kept, text.data(), text.size());
  block_next_ += text.size();
  block_left_ -= text.size();
  return {kept, text.size()};
}

const model::AccessList& KeyTable::Shared(model::AccessList list) {
  if (list.empty()) return KeySettings::kUnrestricted;
  auto& kept = access_lists_[{list.allow, list.deny}];
  if (!kept) kept = std::make_unique<model::AccessList>(std::move(list));
  return *kept;
}

const std::vector<const RouteSettings*>& KeyTable::Shared(std::vector<const RouteSettings*> list) {
  return route_lists_.try_emplace(std::move(list)).first->first;
}

const std::vector<const UpstreamSettings*>& KeyTable::Shared(
    std::vector<const UpstreamSettings*> list) {
  return upstream_lists_.try_emplace(std::move(list)).first->first;
}

const AddressRules* KeyTable::Shared(const AddressRules& addresses) {
  return addresses.empty() ? nullptr : &*address_rules_.insert(addresses).first;
}

const LevelSet* KeyTable::Shared(std::vector<std::string_view> names,
                                 const std::vector<std::unique_ptr<LevelSettings>>& levels) {
  if (names.empty()) return nullptr;
  std::sort(names.begin(), names.end());
  if (const auto found = level_sets_.find(names); found != level_sets_.end())
    return found->second.get();
  auto set = std::make_unique<LevelSet>();
  for (const auto& level : levels) {
    if (!std::binary_search(names.begin(), names.end(), level->name)) continue;
    set->names.push_back(level->name);
    set->every_model = set->every_model || level->models.empty();
    set->models.allow.insert(set->models.allow.end(), level->models.begin(), level->models.end());
  }
  std::sort(set->names.begin(), set->names.end());
  const LevelSet* kept = set.get();
  // By the table's own views: the caller's go.
  level_sets_.emplace(kept->names, std::move(set));
  return kept;
}

}  // namespace llmgw::settings
