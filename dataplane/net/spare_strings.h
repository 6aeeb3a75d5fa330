#pragma once

#include <string>
#include <utility>
#include <vector>

namespace llmgw::net {

// Strings that requests of one worker use one after another, for the memory that they own:
// allocating it anew for each request is a large part of what a request costs. Bounded; worker
// thread only.
class SpareStrings {
 public:
  // An empty one.
  std::string Take() {
    if (free_.empty()) return {};
    std::string string = std::move(free_.back());
    free_.pop_back();
    return string;
  }
  void Give(std::string string) {
    if (free_.size() >= kMostKept || string.capacity() > kMostBytes) return;
    string.clear();
    free_.push_back(std::move(string));
  }

 private:
  static constexpr size_t kMostKept = 256;
  static constexpr size_t kMostBytes = 8 * 1024;
  std::vector<std::string> free_;
};

}  // namespace llmgw::net
