#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/net/http1/head.h"

namespace llmgw::net::http1 {

// The bytes of a request head and what was parsed from them.
struct HeadStorage {
  std::string bytes;
  RequestHead head;
};

// Recycles head storage within one worker, so that a request allocates none. One thread.
class HeadPool {
 public:
  std::unique_ptr<HeadStorage> Take() {
    if (free_.empty()) return std::make_unique<HeadStorage>();
    std::unique_ptr<HeadStorage> storage = std::move(free_.back());
    free_.pop_back();
    return storage;
  }
  // Null is fine. Unusually large ones are not kept.
  void Put(std::unique_ptr<HeadStorage> storage) {
    if (storage == nullptr || free_.size() >= kMostKept || storage->bytes.capacity() > kLargestKept)
      return;
    storage->head.Clear();
    free_.push_back(std::move(storage));
  }

 private:
  static constexpr size_t kMostKept = 512;
  static constexpr size_t kLargestKept = 8 * 1024;
  std::vector<std::unique_ptr<HeadStorage>> free_;
};

}  // namespace llmgw::net::http1
