#pragma once

#include <functional>
#include <mutex>

namespace llmgw::admin_cli {

// What Ctrl-C does. A command that must clean up (end a stream, restore the terminal) holds a Scope
// while it can; without one the process ends at once. Safe for concurrent use.
class Interrupts {
 public:
  // Calls `handler` (on another thread) at the first interrupt while it lives. Scopes nest: the
  // newest one is called.
  class Scope {
   public:
    Scope(Interrupts& owner, std::function<void()> handler);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class Interrupts;
    Interrupts& owner_;
    std::function<void()> handler_;
    Scope* outer_;
  };

  // Runs the newest handler; false when there is none or this is not the first interrupt: leave
  // now.
  bool Trigger();

  // True once Trigger was called.
  bool triggered() const;

 private:
  mutable std::mutex mutex_;
  Scope* newest_ = nullptr;  // guarded by mutex_
  bool triggered_ = false;   // guarded by mutex_
};

}  // namespace llmgw::admin_cli
