#pragma once

#include <string>
#include <string_view>

#include "dataplane/net/budget.h"

namespace llmgw::net {

// Bytes that came from a client and are not consumed yet. They are first borrowed from the
// reactor's read buffer, so that a request that needs no waiting is never copied; whoever is about
// to wait calls Own(). One thread.
class InputBuffer {
 public:
  InputBuffer() = default;
  // What it keeps counts there, also beyond the limit: it is there already. `memory` outlives this.
  explicit InputBuffer(BudgetShare& memory) : memory_(&memory) {}
  ~InputBuffer() { Count(0); }
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  std::string_view view() const { return view_; }
  bool empty() const { return view_.empty(); }
  // Consumed bytes stay readable until the next Borrow() or Own().
  void Consume(size_t bytes) { view_.remove_prefix(bytes); }

  // `bytes` follow what is there; they stay the lender's until Own().
  void Borrow(std::string_view bytes) {
    if (view_.empty()) {
      Release();
      view_ = bytes;
      borrowed_ = true;
    } else {
      Own();
      Append(bytes);
    }
  }

  // Keeps what is there beyond the next suspension; with nothing there, holds no memory.
  void Own() {
    if (view_.empty()) return Release();
    if (!borrowed_) return;
    borrowed_ = false;
    owned_.assign(view_);
    view_ = owned_;
    Count(owned_.size());
  }

 private:
  void Append(std::string_view bytes) {
    owned_.erase(0, owned_.size() - view_.size());
    owned_.append(bytes);
    view_ = owned_;
    Count(owned_.size());
  }
  void Release() {
    view_ = {};
    borrowed_ = false;
    if (owned_.capacity() > sizeof(std::string)) owned_ = std::string();
    Count(0);
  }
  void Count(size_t bytes) {
    if (memory_ == nullptr || bytes == counted_) return;
    if (bytes > counted_) {
      memory_->TakeAnyway(bytes - counted_);
    } else {
      memory_->Give(counted_ - bytes);
    }
    counted_ = bytes;
  }

  std::string_view view_;
  std::string owned_;
  bool borrowed_ = false;
  BudgetShare* memory_ = nullptr;
  size_t counted_ = 0;
};

}  // namespace llmgw::net
