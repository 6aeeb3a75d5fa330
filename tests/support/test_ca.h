#pragma once

#include <string>

#include "tests/support/connection.h"
#include "tests/support/temp_dir.h"

namespace llmgw::test {

// What is wrong with a server's certificate, if anything.
enum class CertificateKind {
  kValid,       // for localhost and 127.0.0.1, from the test CA
  kWrongName,   // for another host
  kSelfSigned,  // from nobody
  kExpired,     // ended yesterday
};

// Where a certificate and its key lie, in PEM.
struct CertificateFiles {
  std::string certificate;
  std::string key;
};

// A certificate authority made for one test, P-256 throughout. Its files live as long as it does.
class TestCa {
 public:
  TestCa();

  // What a client must trust.
  const std::string& ca_file() const { return ca_.certificate; }

  // A new server certificate.
  CertificateFiles Issue(CertificateKind kind = CertificateKind::kValid) const;
  // One for these names ("DNS:a.test,DNS:*.b.test"), for either end, in NAME.pem and NAME.key.
  CertificateFiles IssueFor(const std::string& name, const std::string& alternative_names) const;

 private:
  TempDir folder_;
  CertificateFiles ca_;
};

// Contexts for the tests' own ends of a TLS connection. A server offers http/1.1 by ALPN.
SslContextPtr ServerContext(const CertificateFiles& files);
SslContextPtr ClientContext(const std::string& ca_file);

}  // namespace llmgw::test
