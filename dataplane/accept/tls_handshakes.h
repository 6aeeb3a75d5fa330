#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "dataplane/net/tls_session.h"

namespace llmgw::accept {

// How TLS handshakes with clients ended, in all workers together. Safe for concurrent use; one
// shared line, as a handshake costs thousands of times more than counting it.
class TlsHandshakes {
 public:
  void Done(bool resumed) { (resumed ? resumed_ : full_).fetch_add(1, std::memory_order_relaxed); }
  void Failed(net::TlsFailure why) {
    failed_[static_cast<size_t>(why)].fetch_add(1, std::memory_order_relaxed);
  }

  uint64_t full() const { return full_.load(std::memory_order_relaxed); }
  uint64_t resumed() const { return resumed_.load(std::memory_order_relaxed); }
  uint64_t failed(net::TlsFailure why) const {
    return failed_[static_cast<size_t>(why)].load(std::memory_order_relaxed);
  }

 private:
  std::atomic<uint64_t> full_{0};
  std::atomic<uint64_t> resumed_{0};
  std::array<std::atomic<uint64_t>, net::kTlsFailures> failed_{};
};

}  // namespace llmgw::accept
