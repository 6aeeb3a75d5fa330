#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace llmgw::route {

// Stable, without allocating; for the handful of candidates of a request.
template <typename T, typename Before>
void InsertionSort(std::span<T> items, Before before) {
  for (size_t i = 1; i < items.size(); ++i) {
    for (size_t j = i; j > 0 && before(items[j], items[j - 1]); --j)
      std::swap(items[j], items[j - 1]);
  }
}

}  // namespace llmgw::route
