#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

// Metric values that one thread (a worker) writes and any thread may read. No read-modify-write
// instructions and no locks on the writing side, but for the first use of a label combination.
namespace llmgw::record {

// Only ever grows, but for a gauge made of two of them.
class CounterCell {
 public:
  // Writer only.
  void Add(uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Counts durations by upper bound. `Bounds` is a constant array of ascending microseconds.
template <const auto& Bounds>
class HistogramCell {
 public:
  static constexpr size_t kBuckets = Bounds.size() + 1;  // the last one is +Inf

  // Writer only.
  void Observe(std::chrono::microseconds duration) {
    const int64_t us = duration.count();
    size_t bucket = 0;
    while (bucket < Bounds.size() && us > Bounds[bucket]) ++bucket;
    counts_[bucket].Add(1);
    sum_us_.Add(us > 0 ? static_cast<uint64_t>(us) : 0);
  }

  // Not cumulative.
  uint64_t count(size_t bucket) const { return counts_[bucket].value(); }
  uint64_t sum_us() const { return sum_us_.value(); }

 private:
  std::array<CounterCell, kBuckets> counts_;
  CounterCell sum_us_;
};

// Cells by the values of N labels. The writer finds its cell without a lock; making one takes the
// mutex that readers hold while they look around. A cell never moves or goes.
template <size_t N, typename Cell>
class CellMap {
 public:
  using Labels = std::array<std::string_view, N>;

  explicit CellMap(std::mutex& mutex) : mutex_(mutex) {}

  // Writer only.
  Cell& At(const Labels& labels) {
    // Traffic comes in runs of one kind: comparing is cheaper than hashing.
    if (last_ != nullptr && Equal{}(last_->first, labels)) return *last_->second;
    auto found = cells_.find(labels);
    if (found == cells_.end()) {
      Owned owned;
      for (size_t i = 0; i < N; ++i) owned[i] = labels[i];
      std::lock_guard lock(mutex_);
      found = cells_.emplace(std::move(owned), std::make_unique<Cell>()).first;
    }
    last_ = &*found;
    return *found->second;
  }

  // Writer only, as are all lookups without the mutex.
  bool Has(const Labels& labels) const { return cells_.find(labels) != cells_.end(); }
  size_t size() const { return cells_.size(); }

  // Any thread. REQUIRES: the mutex is held. `visit(labels, cell)`.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [labels, cell] : cells_) visit(labels, *cell);
  }

 private:
  using Owned = std::array<std::string, N>;
  struct Hash {
    using is_transparent = void;
    template <typename Key>
    size_t operator()(const Key& key) const {
      size_t hash = 0;
      for (const auto& label : key) {
        hash = hash * 31 + std::hash<std::string_view>{}(std::string_view(label));
      }
      return hash;
    }
  };
  struct Equal {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      for (size_t i = 0; i < N; ++i) {
        if (std::string_view(a[i]) != std::string_view(b[i])) return false;
      }
      return true;
    }
  };
  using Map = std::unordered_map<Owned, std::unique_ptr<Cell>, Hash, Equal>;

  std::mutex& mutex_;
  Map cells_;  // written by the writer under the mutex
  typename Map::value_type* last_ = nullptr;
};

}  // namespace llmgw::record
