#pragma once

#include <cstdint>
#include <string_view>

namespace llmgw::route {

// Spreads a number over all 64 bits (the finalizer of splitmix64).
constexpr uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

// The same in every process and on every machine, so that several dataplanes choose alike
// (FNV-1a, 64 bits, mixed).
constexpr uint64_t StableHash(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return Mix(hash);
}

}  // namespace llmgw::route
