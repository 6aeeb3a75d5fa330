#include "common/crypto/token.h"

#include <algorithm>
#include <cstdint>

#include "common/crypto/private_file.h"
#include "common/crypto/random.h"

namespace llmgw::crypto {
namespace {

constexpr size_t kTokenEntropyBytes = 20;
constexpr size_t kMinTokenLength = 16;
constexpr size_t kMaxTokenLength = 512;

std::string Base32(const std::string& bytes) {
  static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char byte : bytes) {
    buffer = (buffer << 8 | byte) & 0xfffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out.push_back(kAlphabet[buffer >> bits & 31]);
    }
  }
  if (bits > 0) out.push_back(kAlphabet[buffer << (5 - bits) & 31]);
  return out;
}

bool IsVisibleAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

std::string RandomToken(std::string_view prefix, size_t entropy_bytes) {
  return std::string(prefix) + Base32(RandomBytes(entropy_bytes));
}

Result<SecretString> LoadOrCreateTokenFile(const std::string& path, std::string_view prefix) {
  TRY_ASSIGN(SecretString content, LoadOrCreatePrivateFile(path, [&] {
               return SecretString(RandomToken(prefix, kTokenEntropyBytes) + "\n");
             }));
  const std::string& text = content.Reveal();
  constexpr const char* kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  std::string token = first == std::string::npos
                          ? std::string()
                          : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (token.size() < kMinTokenLength || token.size() > kMaxTokenLength || !IsVisibleAscii(token)) {
    return Fail(InvalidArgument(
        {}, path + " does not hold a token (16 to 512 visible ASCII characters); remove the file "
                   "to have a new one made"));
  }
  return SecretString(std::move(token));
}

}  // namespace llmgw::crypto
