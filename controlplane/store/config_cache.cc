#include "controlplane/store/config_cache.h"

#include <utility>

namespace llmgw::controlplane::store {
namespace {

// Beyond this many revisions reading everything is no slower.
constexpr uint64_t kMaxIncrement = 10'000;

void Put(ConfigState* state, std::vector<ChangedResource> changed) {
  for (ChangedResource& one : changed) {
    if (one.next == nullptr) {
      state->resources.erase(one.id);
    } else {
      state->resources[std::move(one.id)] = std::move(one.next);
    }
  }
}

// Null when it can't be done in steps from `from`.
Result<std::shared_ptr<const ConfigState>> ReadIncrement(ConfigReader& reader,
                                                         const ConfigState* from,
                                                         uint64_t revision) {
  // A lower revision than the known one: the database was restored from a backup.
  if (from == nullptr || revision < from->revision || revision - from->revision > kMaxIncrement) {
    return nullptr;
  }
  bool complete = true;
  TRY_ASSIGN(auto changed, reader.ReadChanged(from->revision, revision, &complete));
  if (!complete) return nullptr;
  auto next = std::make_shared<ConfigState>(*from);
  next->revision = revision;
  Put(next.get(), std::move(changed));
  return next;
}

Result<std::shared_ptr<const ConfigState>> ReadWhole(ConfigReader& reader, uint64_t revision) {
  TRY_ASSIGN(auto all, reader.ReadAll());
  auto next = std::make_shared<ConfigState>();
  next->revision = revision;
  Put(next.get(), std::move(all));
  return next;
}

}  // namespace

std::shared_ptr<const ConfigState> ConfigCache::Get() const {
  std::lock_guard lock(mutex_);
  return state_;
}

Result<std::shared_ptr<const ConfigState>> ConfigCache::Refresh(ConfigReader& reader) {
  const std::shared_ptr<const ConfigState> known = Get();
  TRY_ASSIGN(uint64_t revision, reader.ReadRevision());
  if (known != nullptr && known->revision == revision) return known;
  TRY_ASSIGN(std::shared_ptr<const ConfigState> next, ReadIncrement(reader, known.get(), revision));
  if (next == nullptr) {
    TRY_ASSIGN(next, ReadWhole(reader, revision));
  }
  Advance(known, next);
  return next;
}

void ConfigCache::Advance(const std::shared_ptr<const ConfigState>& previous,
                          std::shared_ptr<const ConfigState> next) {
  std::lock_guard lock(mutex_);
  // Replaced under our feet: keep the newer one. Not replaced: `next` is right even when its
  // revision is lower.
  if (state_ == previous || state_ == nullptr || state_->revision < next->revision) {
    state_ = std::move(next);
  }
}

}  // namespace llmgw::controlplane::store
