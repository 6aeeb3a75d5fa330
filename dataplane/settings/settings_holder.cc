#include "dataplane/settings/settings_holder.h"

#include <utility>

namespace llmgw::settings {

SettingsPtr SettingsHolder::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void SettingsHolder::Publish(const SettingsPtr& settings) {
  std::lock_guard publishing(publishing_);
  SettingsPtr old;  // freed after the locks: 100,000 keys take a while
  {
    std::lock_guard lock(mutex_);
    old = std::exchange(current_, settings);
  }
  for (const Subscriber& subscriber : subscribers_) subscriber(settings);
}

void SettingsHolder::Subscribe(Subscriber subscriber) {
  std::lock_guard publishing(publishing_);
  if (SettingsPtr settings = Current()) subscriber(settings);
  subscribers_.push_back(std::move(subscriber));
}

}  // namespace llmgw::settings
