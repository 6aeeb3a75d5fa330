#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace llmgw::config_sync {

// Where the settings in force came from.
enum class ConfigSource { kNone, kLastGood, kSnapshotFile, kControlplane };

inline const char* ToString(ConfigSource source) {
  switch (source) {
    case ConfigSource::kNone:
      return "none";
    case ConfigSource::kLastGood:
      return "last-good";
    case ConfigSource::kSnapshotFile:
      return "snapshot-file";
    case ConfigSource::kControlplane:
      return "controlplane";
  }
  return "none";
}

struct ConfigStatusValues {
  ConfigSource source = ConfigSource::kNone;
  uint64_t revision = 0;
  std::chrono::system_clock::time_point applied_at{};
  bool connected = false;    // the stream to the controlplane is open and has delivered
  uint64_t applied = 0;      // updates taken since the start
  uint64_t refused = 0;      // updates answered with a nack
  std::string last_refusal;  // of the last update, when it was refused: "field: reason"
};

// How the configuration stands, for operators. Safe for concurrent use.
class ConfigStatus {
 public:
  ConfigStatusValues Get() const {
    std::lock_guard lock(mutex_);
    return values_;
  }

  // `change(values)` under the lock.
  template <typename Change>
  void Update(Change change) {
    std::lock_guard lock(mutex_);
    change(values_);
  }

 private:
  mutable std::mutex mutex_;
  ConfigStatusValues values_;
};

}  // namespace llmgw::config_sync
