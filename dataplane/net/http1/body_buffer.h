#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace llmgw::net::http1 {

// Bytes in one piece, with room for more behind them. Move-only.
class BodyBuffer {
 public:
  BodyBuffer() = default;
  explicit BodyBuffer(size_t capacity)
      : bytes_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}
  BodyBuffer(BodyBuffer&& other) noexcept
      : bytes_(std::move(other.bytes_)),
        capacity_(std::exchange(other.capacity_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  BodyBuffer& operator=(BodyBuffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(capacity_, other.capacity_);
    std::swap(size_, other.size_);
    return *this;
  }

  std::string_view view() const { return {bytes_.get(), size_}; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }

  // Where the next bytes go; Commit() says how many were put there.
  std::span<char> room() { return {bytes_.get() + size_, capacity_ - size_}; }
  void Commit(size_t bytes) { size_ += bytes; }
  // REQUIRES: room() has as many.
  void Append(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get() + size_);
    size_ += bytes.size();
  }
  void Clear() { size_ = 0; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

// Recycles the buffers of one worker's request bodies: fresh memory of this size costs a page fault
// for every 4 KiB, more than the bytes themselves. One thread.
class BodyBufferPool {
 public:
  // An empty one with room for at least `bytes`.
  BodyBuffer Take(size_t bytes) {
    if (bytes > kLargestKept) return BodyBuffer(bytes);
    std::vector<BodyBuffer>& free = free_[ListOf(bytes)];
    if (free.empty()) return BodyBuffer(kSmallest << ListOf(bytes));
    BodyBuffer buffer = std::move(free.back());
    free.pop_back();
    kept_bytes_ -= buffer.capacity();
    return buffer;
  }
  void Give(BodyBuffer buffer) {
    const size_t capacity = buffer.capacity();
    if (capacity == 0 || capacity > kLargestKept || kept_bytes_ + capacity > kMostKeptBytes) return;
    buffer.Clear();
    kept_bytes_ += capacity;
    free_[ListOf(capacity)].push_back(std::move(buffer));
  }

 private:
  static constexpr size_t kSmallest = 1024;
  static constexpr size_t kLists = 12;
  static constexpr size_t kLargestKept = kSmallest << (kLists - 1);  // 2 MiB
  static constexpr size_t kMostKeptBytes = 8 << 20;

  static size_t ListOf(size_t bytes) {
    return static_cast<size_t>(std::bit_width((std::max<size_t>(bytes, 1) - 1) / kSmallest));
  }

  std::array<std::vector<BodyBuffer>, kLists> free_;
  size_t kept_bytes_ = 0;
};

}  // namespace llmgw::net::http1
