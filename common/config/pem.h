#pragma once

#include <string>

namespace llmgw::config {

// It has a private key in it, which would be kept and shown in clear as no secret is.
bool HoldsPrivateKey(const std::string& pem);
// PEM certificates, at least one, and nothing after them that looks like another but can't be read.
bool HasCertificates(const std::string& pem);
// A private key without a passphrase.
bool IsPrivateKey(const std::string& pem);
// `key_pem` is the private key of the first certificate of `chain_pem`.
bool KeyMatches(const std::string& chain_pem, const std::string& key_pem);

}  // namespace llmgw::config
