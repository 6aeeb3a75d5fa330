#include "dataplane/net/tls_ticket_keys.h"

#include <openssl/rand.h>

#include <algorithm>

namespace llmgw::net {
namespace {

std::optional<TlsTicketKeys::Key> MakeKey() {
  TlsTicketKeys::Key key;
  const bool made = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                    RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1 &&
                    RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
  if (!made) return std::nullopt;
  return key;
}

}  // namespace

void TlsTicketKeys::Rotate() {
  const MonotonicTime now = clock_.Monotonic();
  if (current_ && now < rotate_at_) return;
  // Used last before rotate_at_: later than a ticket's life after that, nothing is left to open.
  previous_ = current_ && now < rotate_at_ + kTicketLife ? current_ : std::nullopt;
  current_ = MakeKey();
  rotate_at_ = now + kTicketLife;
}

std::optional<TlsTicketKeys::Key> TlsTicketKeys::ForSealing() {
  std::lock_guard lock(mutex_);
  Rotate();
  return current_;
}

std::optional<TlsTicketKeys::Opening> TlsTicketKeys::ForOpening(
    std::span<const unsigned char, 16> name) {
  std::lock_guard lock(mutex_);
  Rotate();
  const auto is_named = [&](const std::optional<Key>& key) {
    return key && std::equal(name.begin(), name.end(), key->name.begin());
  };
  if (is_named(current_)) return Opening{*current_, false};
  if (is_named(previous_)) return Opening{*previous_, true};
  return std::nullopt;
}

}  // namespace llmgw::net
