#include <gmock/gmock.h>

#include "common/config/upstream_secrets.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_ca.h"
#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> OutboundFaults(const std::string& fields) {
  return UpstreamFaults("outbound { " + fields + " }");
}

constexpr char kProxied[] = "proxy: 'http://proxy.example.com:3128' ";

TEST(OutboundRules, AcceptTheMinimumAndTheFull) {
  EXPECT_THAT(OutboundFaults(""), IsEmpty());
  EXPECT_THAT(OutboundFaults(R"(proxy: "http://[::1]:3128" proxy_user: "user"
    no_proxy: "*" no_proxy: "example.com" no_proxy: ".example.com" no_proxy: "10.0.0.0/8"
    no_proxy: "::1" secrets { id: "proxy_password" secret: "with a space" }
    dns_min_ttl {} dns_max_ttl { seconds: 60 } allow_addresses: "169.254.1.0/24"
    allow_addresses: "fe80::1")"),
              IsEmpty());
}

TEST(OutboundRules, AProxyIsAPlainHttpUrlWithoutItsPassword) {
  for (const char* proxy : {"https://p:3128", "socks5://p", "p:3128", "http://", "http://p/path",
                            "http://p?x", "http://a b", "http://p:0"}) {
    EXPECT_THAT(OutboundFaults("proxy: '" + std::string(proxy) + "'"),
                Contains(HasSubstr("outbound.proxy: ")))
        << proxy;
  }
  const auto faults = OutboundFaults("proxy: 'http://user:hunter2@p:3128'");
  EXPECT_THAT(faults, ElementsAre(HasSubstr("outbound.proxy_user")));
  for (const auto& fault : faults) EXPECT_EQ(fault.find("hunter2"), std::string::npos);
}

TEST(OutboundRules, WhatBelongsToAProxyNeedsOne) {
  EXPECT_THAT(OutboundFaults("no_proxy: '*'"), ElementsAre(HasSubstr("outbound.no_proxy: is for")));
  EXPECT_THAT(OutboundFaults("proxy_user: 'u'"),
              ElementsAre(HasSubstr("outbound.proxy_user: is for")));
  EXPECT_THAT(
      OutboundFaults(std::string(kProxied) + "secrets { id: 'proxy_password' secret: 'x' }"),
      ElementsAre(HasSubstr("proxy_password is for outbound.proxy_user")));
}

TEST(OutboundRules, TheUserEndsBeforeAColon) {
  EXPECT_THAT(OutboundFaults(std::string(kProxied) + "proxy_user: 'a:b'"),
              ElementsAre(HasSubstr("proxy_user: must have no ':'")));
  EXPECT_THAT(OutboundFaults(std::string(kProxied) + "proxy_user: 'a\\nb'"),
              ElementsAre(HasSubstr("outbound.proxy_user: ")));
}

TEST(OutboundRules, ListsNameTheEntryThatCannotBeRead) {
  for (const char* entry : {"", "*.example.com", "a b", "10.0.0.0/33", "10.0.0/8", "http://x", "..",
                            "::/129", "host:80"}) {
    EXPECT_THAT(
        OutboundFaults(kProxied + ("no_proxy: 'ok' no_proxy: '" + std::string(entry)) + "'"),
        ElementsAre(HasSubstr("outbound.no_proxy[1]: ")))
        << entry;
  }
  for (const char* entry : {"", "host", "169.254.0.0/33", "fe80::/x", "1.2.3"}) {
    EXPECT_THAT(OutboundFaults("allow_addresses: '" + std::string(entry) + "'"),
                ElementsAre(HasSubstr("outbound.allow_addresses[0]: ")))
        << entry;
  }
  EXPECT_THAT(OutboundFaults("allow_addresses: '::1' allow_addresses: '::1'"),
              ElementsAre(HasSubstr("stands twice")));
}

TEST(OutboundRules, TimesToLiveAreInOrder) {
  EXPECT_THAT(OutboundFaults("dns_max_ttl {}"), ElementsAre(HasSubstr("must not be zero")));
  EXPECT_THAT(OutboundFaults("dns_max_ttl { nanos: 500000000 }"),
              ElementsAre(HasSubstr("must not be less than outbound.dns_min_ttl")));
  EXPECT_THAT(OutboundFaults("dns_min_ttl { seconds: 301 }"),
              ElementsAre(HasSubstr("must not be less than outbound.dns_min_ttl")));
  EXPECT_THAT(OutboundFaults("dns_min_ttl { seconds: -9000000000000 }"),
              ElementsAre(HasSubstr("outbound.dns_min_ttl: must not be negative")));
}

TEST(OutboundRules, SecretsHaveKnownIdsAndOneSource) {
  EXPECT_THAT(OutboundFaults("secrets { id: 'other' secret: 'x' }"),
              ElementsAre(HasSubstr("outbound.secrets[0].id: must be one of")));
  EXPECT_THAT(
      OutboundFaults(std::string(kProxied) + "proxy_user: 'u' secrets { id: 'proxy_password' }"),
      ElementsAre(HasSubstr("outbound.secrets[0].secret: is needed")));
  EXPECT_THAT(OutboundFaults(std::string(kProxied) +
                             "proxy_user: 'u' secrets { id: 'proxy_password' secret: 'x' } "
                             "secrets { id: 'proxy_password' secret_env: 'Y' }"),
              ElementsAre(HasSubstr("outbound.secrets[1].id: stands twice")));
  EXPECT_THAT(OutboundFaults(std::string(kProxied) +
                             "proxy_user: 'u' secrets { id: 'proxy_password' secret: 'x' "
                             "secret_file: '/y' }"),
              ElementsAre(HasSubstr("only one of")));
}

class ClientCertificateRules : public testing::Test {
 protected:
  // Its faults with this certificate and key, for an https endpoint.
  std::vector<std::string> Faults(const std::string& chain_pem, const std::string& key_pem,
                                  const std::string& endpoint = "https://h/v1") {
    v1::Snapshot snapshot;
    auto& upstream = *snapshot.add_resources()->mutable_upstream();
    upstream.set_name("up");
    upstream.set_endpoint(endpoint);
    upstream.set_credential_mode("none");
    upstream.mutable_outbound()->set_client_certificate_pem(chain_pem);
    if (!key_pem.empty()) {
      auto& secret = *upstream.mutable_outbound()->add_secrets();
      secret.set_id("client_key");
      secret.set_secret(key_pem);
    }
    return FaultsOf(snapshot);
  }

  test::TestCa ca;
  const test::CertificateFiles files = ca.IssueFor("client", "DNS:client.test");
  const std::string certificate = test::ReadFile(files.certificate);
  const std::string key = test::ReadFile(files.key);
};

TEST_F(ClientCertificateRules, TheKeyMustBeTheCertificates) {
  EXPECT_THAT(Faults(certificate, key), IsEmpty());
  EXPECT_THAT(Faults(certificate + test::ReadFile(ca.ca_file()), key), IsEmpty());
  const std::string other = test::ReadFile(ca.IssueFor("other", "DNS:other.test").key);
  EXPECT_THAT(Faults(certificate, other),
              ElementsAre(HasSubstr("is not the certificate of the secret client_key")));
}

TEST_F(ClientCertificateRules, BothAreNeededInPem) {
  EXPECT_THAT(Faults(certificate, ""), ElementsAre(HasSubstr("needs its private key")));
  EXPECT_THAT(Faults("", key), ElementsAre(HasSubstr("client_key is for")));
  EXPECT_THAT(Faults("nonsense", key), ElementsAre(HasSubstr("must be PEM certificates")));
  const auto faults = Faults(certificate, "hunter2");
  EXPECT_THAT(faults, ElementsAre(HasSubstr("outbound.secrets[0].secret: must be a private key")));
  for (const auto& fault : faults) EXPECT_EQ(fault.find("hunter2"), std::string::npos);
}

TEST_F(ClientCertificateRules, APrivateKeyStandsNowhereElse) {
  for (const std::string& both : {certificate + key, key + certificate})
    EXPECT_THAT(Faults(both, key), ElementsAre(HasSubstr("has a private key in it")));
}

TEST_F(ClientCertificateRules, IsForHttps) {
  EXPECT_THAT(Faults(certificate, key, "http://h/v1"), ElementsAre(HasSubstr("https endpoint")));
}

TEST(SecretsOf, FindsEverySecretInTheOrderOfTheFields) {
  v1::Upstream upstream;
  upstream.add_credentials()->set_id("client_key");
  EXPECT_EQ(SecretsOf(upstream).size(), 1u);
  EXPECT_FALSE(upstream.has_outbound());
  upstream.add_credentials();
  upstream.mutable_outbound()->add_secrets()->set_id("client_key");
  const auto secrets = SecretsOf(upstream);
  ASSERT_EQ(secrets.size(), 3u);
  EXPECT_EQ(secrets[0].Path(), "credentials[0]");
  EXPECT_EQ(secrets[0].Slot(), "client_key");
  EXPECT_EQ(secrets[1].Slot(), "");
  EXPECT_EQ(secrets[2].Path(), "outbound.secrets[0]");
  EXPECT_NE(secrets[2].Slot(), secrets[0].Slot());
}

}  // namespace
}  // namespace llmgw::config
