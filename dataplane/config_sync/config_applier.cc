#include "dataplane/config_sync/config_applier.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "dataplane/config_sync/settings_compiler.h"

namespace llmgw::config_sync {

ConfigApplier::ConfigApplier(settings::SettingsHolder& holder, ConfigStatus& status,
                             const LastGoodFile* file, const Clock& clock)
    : holder_(holder), status_(status), file_(file), clock_(clock) {}

void ConfigApplier::StartFromLastGood() {
  if (file_ == nullptr) return;
  auto loaded = file_->Load();
  if (!loaded) {
    spdlog::warn("the last good configuration can't be used, waiting for the controlplane: {}",
                 loaded.error().message);
    return;
  }
  if (!*loaded) return;
  if (const Status taken = Take(std::move(**loaded), ConfigSource::kLastGood); !taken) {
    spdlog::warn("the last good configuration in {} is refused, waiting for the controlplane: {}",
                 file_->path(), taken.error().Describe());
  }
}

Status ConfigApplier::Take(ConfigState candidate, ConfigSource source) {
  auto settings = CompileSettings(*SnapshotView(candidate), candidate.revision());
  if (!settings) {
    status_.Update([&](ConfigStatusValues& values) {
      ++values.refused;
      values.last_refusal = settings.error().Describe();
    });
    return Fail(std::move(settings.error()));
  }
  holder_.Publish(std::move(*settings));
  state_ = std::move(candidate);
  status_.Update([&](ConfigStatusValues& values) {
    values.source = source;
    values.revision = state_.revision();
    values.applied_at = clock_.Wall();
    ++values.applied;
    values.last_refusal.clear();
  });
  if (source == ConfigSource::kControlplane && file_ != nullptr) {
    changed_at_ = clock_.Monotonic();
    if (!unsaved_since_) unsaved_since_ = changed_at_;
    if (state_.size() <= kSavedAtOnce) Save();
  }
  return {};
}

Status ConfigApplier::TakeDelta(uint64_t revision, const config::v1::Delta& delta) {
  auto next = state_.WithDelta(revision, delta);
  if (!next) {
    status_.Update([&](ConfigStatusValues& values) {
      ++values.refused;
      values.last_refusal = next.error().Describe();
    });
    return Fail(std::move(next.error()));
  }
  return Take(std::move(*next), ConfigSource::kControlplane);
}

std::optional<MonotonicTime> ConfigApplier::save_due() const {
  if (!unsaved_since_) return std::nullopt;
  return std::min(changed_at_ + kQuiet, *unsaved_since_ + kLongestUnsaved);
}

void ConfigApplier::SaveIfDue() {
  if (const auto due = save_due(); due && clock_.Monotonic() >= *due) Save();
}

void ConfigApplier::Save() {
  if (!std::exchange(unsaved_since_, std::nullopt)) return;
  if (const Status saved = file_->Save(state_); !saved) {
    // The next change tries again; until then a restart would serve the one before.
    spdlog::error("the configuration can't be kept for a restart: {}", saved.error().message);
  }
}

}  // namespace llmgw::config_sync
