#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::crypto {

// A key that seals secrets at rest. `id` is the first 8 hex digits of SHA-256(key): it says which
// key is needed and tells nothing about it.
struct SealingKey {
  std::string id;
  SecretString key;  // 32 bytes
};

// Seals with AES-256-GCM (NIST SP 800-38D; random 96-bit nonce, 128-bit tag). What comes out is
// nonce, ciphertext and tag, in this order, as raw bytes. `associated_data` is authenticated but
// not stored: give what the secret belongs to ("upstream/openai/cred-1"), so that a sealed value
// that was moved to another row no longer opens.
//
// To rotate: make the new key the current one and pass the old ones as `older`; Seal uses the
// current one, Open any. Immutable, safe for concurrent use. A random nonce is fit for 2^32
// sealings under one key, far beyond the number of configuration changes.
class Sealer {
 public:
  explicit Sealer(SealingKey current, std::vector<SealingKey> older = {});

  std::string Seal(std::string_view plaintext, std::string_view associated_data) const;

  // kInternal when no loaded key has `key_id` (the message names the id), or when the bytes do not
  // belong to this key and associated data.
  Result<std::string> Open(std::string_view sealed, std::string_view key_id,
                           std::string_view associated_data) const;

  const std::string& current_key_id() const { return keys_.front().id; }

 private:
  std::vector<SealingKey> keys_;  // constant after construction; the first one is current
};

// Reads the key from a private file, or makes a new one and writes it there as hex. Mode 0600;
// appears at once with its whole content, so that two processes that race end with one key.
// A file that others can read is refused. See private_file.h.
Result<SealingKey> LoadOrCreateSealingKey(const std::string& path);

// From the text of a file or an environment variable: 32 bytes as 64 hex digits or as base64 (44
// characters), white space around it allowed. kInvalidArgument without a field: only the caller
// knows where the text came from.
Result<SealingKey> ParseSealingKey(std::string_view text);

}  // namespace llmgw::crypto
