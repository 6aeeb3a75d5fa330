#include "common/crypto/random.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace llmgw::crypto {

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    std::fputs("llmgw: the system's random generator failed; stopping\n", stderr);
    std::abort();
  }
  return bytes;
}

}  // namespace llmgw::crypto
