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

Result<std::shared_ptr<const ConfigState>> ReadWhole(ConfigReader& reader, const ConfigState* from,
                                                     uint64_t revision) {
  TRY_ASSIGN(auto all, reader.ReadAll());
  auto next = std::make_shared<ConfigState>();
  next->revision = revision;
  if (from != nullptr) next->epoch = revision < from->revision ? from->epoch + 1 : from->epoch;
  Put(next.get(), std::move(all));
  return next;
}

}  // namespace

std::shared_ptr<const ConfigState> ConfigCache::Get() const {
  std::lock_guard lock(mutex_);
  return state_;
}

Result<std::shared_ptr<const ConfigState>> ConfigCache::Refresh(ConfigReader& reader) {
  // Before the revision is read: what it is compared with was committed before.
  const std::shared_ptr<const ConfigState> known = Get();
  TRY_ASSIGN(uint64_t revision, reader.ReadRevision());
  if (known != nullptr && known->revision == revision) return known;
  TRY_ASSIGN(std::shared_ptr<const ConfigState> next, ReadIncrement(reader, known.get(), revision));
  if (next == nullptr) {
    TRY_ASSIGN(next, ReadWhole(reader, known.get(), revision));
  }
  Advance(next);
  return next;
}

void ConfigCache::Advance(std::shared_ptr<const ConfigState> next) {
  std::lock_guard lock(mutex_);
  // Replaced under our feet, perhaps: keep the newer one.
  if (state_ == nullptr || next->IsNewerThan(*state_)) state_ = std::move(next);
}

}  // namespace llmgw::controlplane::store
