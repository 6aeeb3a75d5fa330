#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace llmgw {

// A string that must not be seen: it has no stream operator and no implicit conversion, and its
// bytes are wiped when it goes. Thread-compatible like std::string. Call Reveal() only where the
// bytes leave for the one place they are meant for.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string value) : value_(std::move(value)) {}
  SecretString(const SecretString&) = default;
  SecretString(SecretString&& other) noexcept : value_(std::move(other.value_)) { other.Wipe(); }
  SecretString& operator=(SecretString other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~SecretString() { Wipe(); }

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  // The whole buffer: a short string that was moved from is still in it.
  void Wipe() {
    value_.resize(value_.capacity());
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
  }

  std::string value_;
};

}  // namespace llmgw
