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

void RequestIdSource::Next(std::chrono::system_clock::time_point now, std::string& id) {
  // In the order of their codes.
  static constexpr char kAlphabet[] = "234567abcdefghijklmnopqrstuvwxyz";
  constexpr int kTimeCharacters = 10;
  constexpr int kRandomCharacters = 14;
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
  auto time = static_cast<uint64_t>(since.count());
  uint64_t random[2] = {NextRandom(), NextRandom()};
  id.assign("req_........................");
  char* at = id.data() + 4 + kTimeCharacters;
  for (int i = 1; i <= kTimeCharacters; ++i, time >>= 5) *(at - i) = kAlphabet[time & 31];
  for (int i = 0; i < kRandomCharacters; ++i) {
    uint64_t& bits = random[i & 1];
    *at++ = kAlphabet[bits & 31];
    bits >>= 5;
  }
}

}  // namespace llmgw::pipeline
