#pragma once

#include <chrono>
#include <optional>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "dataplane/config_sync/config_state.h"
#include "dataplane/config_sync/config_status.h"
#include "dataplane/config_sync/last_good_file.h"
#include "dataplane/settings/settings_holder.h"

namespace llmgw::config_sync {

// Takes configurations: compiles a candidate, publishes it when it is good, and keeps it as the one
// that the next delta starts from and that the disk gets. A bad candidate changes nothing.
// Thread-compatible; used by one thread at a time.
class ConfigApplier {
 public:
  // A configuration of up to so many resources is on disk before Take() returns, so that what was
  // acknowledged survives a crash. A larger one costs too much to write at every change:
  static constexpr size_t kSavedAtOnce = 1'000;
  // saving it waits until changes have been quiet for this long, so that a burst is written once...
  static constexpr std::chrono::milliseconds kQuiet{200};
  // ...but not longer than this in all.
  static constexpr std::chrono::milliseconds kLongestUnsaved{2'000};

  // `file` null: nothing is kept on disk. All must outlive this.
  ConfigApplier(settings::SettingsHolder& holder, ConfigStatus& status, const LastGoodFile* file,
                const Clock& clock);

  // What the disk has, if anything. A file that can't be used is warned of and left alone.
  void StartFromLastGood();

  // Returns when every worker uses it.
  Status Take(ConfigState candidate, ConfigSource source);
  Status TakeDelta(uint64_t revision, const config::v1::Delta& delta);

  // 0 without a configuration.
  uint64_t revision() const { return state_.revision(); }

  // When SaveIfDue() has something to do; empty: nothing is unsaved.
  std::optional<MonotonicTime> save_due() const;
  void SaveIfDue();
  // Whatever is unsaved, now.
  void Save();

 private:
  settings::SettingsHolder& holder_;
  ConfigStatus& status_;
  const LastGoodFile* file_;
  const Clock& clock_;

  ConfigState state_;
  std::optional<MonotonicTime> unsaved_since_;
  MonotonicTime changed_at_;
};

}  // namespace llmgw::config_sync
