#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// Keyed hashing. All functions are safe for concurrent use.
namespace llmgw::crypto {

std::array<uint8_t, 32> Sha256(std::string_view data);

// RFC 2104 with SHA-256.
std::array<uint8_t, 32> HmacSha256(std::string_view key, std::string_view data);

// HKDF-SHA256 (RFC 5869) without salt: 32 bytes. `info` names the purpose ("llmgw client keys v1"),
// so that one secret serves several purposes without their keys being related.
std::string DeriveKey(std::string_view secret, std::string_view info);

// Takes as long for a wrong first byte as for a wrong last one. Lengths are not secret.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

// Lower-case hex of raw bytes.
std::string ToHex(std::string_view bytes);

}  // namespace llmgw::crypto
