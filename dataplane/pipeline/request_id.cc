#include "dataplane/pipeline/request_id.h"

#include <sys/random.h>

namespace llmgw::pipeline {

RequestIdSource::RequestIdSource() : state_{0x9e3779b97f4a7c15ULL, 0xbf58476d1ce4e5b9ULL} {
  uint64_t seed[2];
  if (::getrandom(seed, sizeof(seed), 0) == static_cast<ssize_t>(sizeof(seed))) {
    state_[0] ^= seed[0];
    state_[1] ^= seed[1];
  }
}

// xorshift128+.
uint64_t RequestIdSource::NextRandom() {
  uint64_t a = state_[0];
  const uint64_t b = state_[1];
  state_[0] = b;
  a ^= a << 23;
  state_[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
  return state_[1] + b;
}

void RequestIdSource::Next(std::string& id) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  id.assign("req_........................");
  char* at = id.data() + 4;
  for (int word = 0; word < 2; ++word) {
    uint64_t bits = NextRandom();
    for (int i = 0; i < 12; ++i, bits >>= 5) *at++ = kAlphabet[bits & 31];
  }
}

}  // namespace llmgw::pipeline
