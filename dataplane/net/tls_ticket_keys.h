#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>

#include "common/base/clock.h"

namespace llmgw::net {

// The keys that seal TLS session tickets (RFC 5077 4), shared by all workers and kept when
// certificates are replaced, so that clients resume anywhere. A key seals for an hour and opens for
// another: what it sealed stays good for kTicketLife, and a stolen one opens no older traffic. Made
// up at start and never written down. Safe for concurrent use; locks for the length of a copy, once
// per handshake.
class TlsTicketKeys {
 public:
  static constexpr std::chrono::hours kTicketLife{1};

  struct Key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};  // AES-256-CBC
    std::array<unsigned char, 32> mac{};     // HMAC-SHA256
  };
  struct Opening {
    Key key;
    bool renew = false;  // sealed with the last key: give the client a new ticket
  };

  explicit TlsTicketKeys(const Clock& clock = RealClock()) : clock_(clock) {}

  // Nothing: no randomness to make a key of.
  std::optional<Key> ForSealing();
  // Nothing: sealed by somebody else, or too long ago.
  std::optional<Opening> ForOpening(std::span<const unsigned char, 16> name);

 private:
  void Rotate();

  const Clock& clock_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<Key> current_;
  std::optional<Key> previous_;
  MonotonicTime rotate_at_{};
};

}  // namespace llmgw::net
