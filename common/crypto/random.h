#pragma once

#include <cstddef>
#include <string>

namespace llmgw::crypto {

// `count` bytes from OpenSSL's generator, fit for keys and nonces. Ends the process when the system
// has no randomness to give: nothing that is made from here could be trusted.
std::string RandomBytes(size_t count);

}  // namespace llmgw::crypto
