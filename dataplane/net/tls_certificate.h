#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataplane/net/openssl_handles.h"

namespace llmgw::net {

// A server's certificate with its key, as read from files.
struct TlsCertificate {
  X509Handle leaf;
  std::vector<X509Handle> chain;  // what follows the leaf in the file
  KeyHandle key;
  std::vector<std::string> names;  // the leaf's dNSNames, as written
  std::chrono::system_clock::time_point expires;
  std::vector<std::string> warnings;  // what an operator should look at, one sentence each
};

// Reads PEM files: the leaf first in `chain_file`, then its issuers. Errors have the field
// "tls-cert" or "tls-key", name the file, and never hold any of its content.
Result<TlsCertificate> LoadTlsCertificate(const std::string& chain_file,
                                          const std::string& key_file);

// All certificates of a PEM file, at least one. Errors name `field` and the file. `pem` (if not
// null) gets the file's text.
Result<std::vector<X509Handle>> LoadPemCertificates(const std::string& field,
                                                    const std::string& file,
                                                    std::string* pem = nullptr);

}  // namespace llmgw::net
