#include "admin-cli/app/interrupts.h"

#include <utility>

namespace llmgw::admin_cli {

Interrupts::Scope::Scope(Interrupts& owner, std::function<void()> handler)
    : owner_(owner), handler_(std::move(handler)) {
  std::lock_guard lock(owner_.mutex_);
  outer_ = owner_.newest_;
  owner_.newest_ = this;
}

Interrupts::Scope::~Scope() {
  std::lock_guard lock(owner_.mutex_);
  owner_.newest_ = outer_;
}

bool Interrupts::Trigger() {
  // The handler runs under the lock, so that its scope can't end meanwhile. Handlers only cancel
  // something; none waits.
  std::lock_guard lock(mutex_);
  if (triggered_ || newest_ == nullptr) return false;
  triggered_ = true;
  newest_->handler_();
  return true;
}

bool Interrupts::triggered() const {
  std::lock_guard lock(mutex_);
  return triggered_;
}

}  // namespace llmgw::admin_cli
