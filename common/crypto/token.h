#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_string.h"
#include "common/crypto/digest.h"  // HmacSha256, DeriveKey, ConstantTimeEquals

namespace llmgw::crypto {

// `prefix` and `entropy_bytes` random bytes in lower-case base32 (RFC 4648 alphabet, no padding):
// ceil(8 * entropy_bytes / 5) characters of a-z and 2-7, so 10 bytes give 16 characters, 15 give 24
// and 20 give 32.
std::string RandomToken(std::string_view prefix, size_t entropy_bytes);

// Reads the token in a private file (16 to 512 visible ASCII characters, white space around it
// ignored), or makes a random one of 160 bits behind `prefix` and writes it there, mode 0600. A
// file that others can read is refused. See private_file.h.
Result<SecretString> LoadOrCreateTokenFile(const std::string& path, std::string_view prefix);

}  // namespace llmgw::crypto
