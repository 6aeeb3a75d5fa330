#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::settings {

// The settings now in force, for everybody who is not on the request path (workers have their own
// copy, which a subscriber hands them). Safe for concurrent use.
class SettingsHolder {
 public:
  using Subscriber = std::function<void(SettingsPtr)>;

  // Null until the first Publish().
  SettingsPtr Current() const;

  // Puts `settings` in force and tells every subscriber, on this thread, in the order of
  // subscription. A subscriber returns when it uses them, so when Publish() returns they are live
  // everywhere: that is when a config update may be acknowledged. One Publish() at a time; a second
  // one waits. REQUIRES: not called by a subscriber.
  void Publish(const SettingsPtr& settings);

  // `subscriber` is called at once when there are settings already. Lives as long as the holder.
  void Subscribe(Subscriber subscriber);

 private:
  std::mutex publishing_;  // held while subscribers run; taken before mutex_
  mutable std::mutex mutex_;
  SettingsPtr current_;                  // guarded by mutex_
  std::vector<Subscriber> subscribers_;  // guarded by publishing_
};

}  // namespace llmgw::settings
