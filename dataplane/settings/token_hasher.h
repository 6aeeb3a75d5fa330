#pragma once

#include <openssl/sha.h>

#include <string_view>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::settings {

// HMAC-SHA256 (RFC 2104) with one key and many short messages: the two key blocks are hashed once.
// Safe for concurrent use after construction.
class TokenHasher {
 public:
  explicit TokenHasher(std::string_view key);
  ~TokenHasher();
  TokenHasher(const TokenHasher&) = delete;
  TokenHasher& operator=(const TokenHasher&) = delete;

  KeyHash Hash(std::string_view message) const;

 private:
  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

}  // namespace llmgw::settings
