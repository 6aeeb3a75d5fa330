#include "dataplane/config_sync/outbound_compiler.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "dataplane/config_sync/settings_compiler.h"
#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

using std::chrono::milliseconds;

bool Named(const std::string& host, const std::vector<std::string>& entries) {
  google::protobuf::RepeatedPtrField<std::string> no_proxy(entries.begin(), entries.end());
  return NamedByNoProxy(host, no_proxy);
}

TEST(NoProxy, NamesHostsDomainsAddressesAndRanges) {
  EXPECT_TRUE(Named("api.example.com", {"*"}));
  EXPECT_TRUE(Named("api.example.com", {"other", "API.example.com"}));
  EXPECT_TRUE(Named("api.example.com", {"api.example.com."}));
  EXPECT_TRUE(Named("api.example.com", {".example.com"}));
  EXPECT_TRUE(Named("a.b.example.com", {".Example.com"}));
  EXPECT_TRUE(Named("example.com", {".example.com"}));
  EXPECT_TRUE(Named("10.1.2.3", {"10.1.2.3"}));
  EXPECT_TRUE(Named("10.1.2.3", {"10.0.0.0/8"}));
  EXPECT_TRUE(Named("2001:db8::1", {"2001:db8:0::1"}));
  EXPECT_TRUE(Named("2001:db8::1", {"2001:db8::/32"}));
  EXPECT_TRUE(Named("::ffff:10.1.2.3", {"10.0.0.0/8"}));
}

TEST(NoProxy, NamesNothingElse) {
  EXPECT_FALSE(Named("api.example.com", {}));
  EXPECT_FALSE(Named("api.example.com", {"example.com"})) << "a name is one host";
  EXPECT_FALSE(Named("notexample.com", {".example.com"}));
  EXPECT_FALSE(Named("api.example.com.evil.test", {".example.com"}));
  EXPECT_FALSE(Named("11.1.2.3", {"10.0.0.0/8"}));
  EXPECT_FALSE(Named("10.1.2.30", {"10.1.2.3"}));
  EXPECT_FALSE(Named("10.example.com", {"10.0.0.0/8"}));
  EXPECT_FALSE(Named("10.1.2.3", {".2.3"})) << "an address is in no domain";
}

config::v1::Outbound Proxied() {
  config::v1::Outbound outbound;
  outbound.set_proxy("http://Proxy.example.com:3128");
  outbound.set_proxy_user("Aladdin");
  auto& password = *outbound.add_secrets();
  password.set_id("proxy_password");
  password.set_secret("open sesame");
  return outbound;
}

TEST(OutboundOf, AProxyHasItsAddressNameAndCredentials) {
  const settings::OutboundSettings out = OutboundOf(Proxied(), "api.example.com");
  ASSERT_TRUE(out.proxy);
  EXPECT_EQ(out.proxy->host, "proxy.example.com");
  EXPECT_EQ(out.proxy->port, 3128);
  EXPECT_EQ(out.proxy->name, "http://proxy.example.com:3128");
  // The example of RFC 7617 2.
  EXPECT_EQ(out.proxy->credentials.Reveal(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(OutboundOf, AnEndpointThatNoProxyNamesHasNone) {
  auto outbound = Proxied();
  outbound.add_no_proxy(".example.com");
  EXPECT_FALSE(OutboundOf(outbound, "api.example.com").proxy);
  EXPECT_TRUE(OutboundOf(outbound, "api.example.net").proxy);
}

TEST(OutboundOf, DefaultsAndBounds) {
  const settings::OutboundSettings plain = OutboundOf({}, "h");
  EXPECT_FALSE(plain.proxy);
  EXPECT_EQ(plain.dns.min_ttl, milliseconds(1'000));
  EXPECT_EQ(plain.dns.max_ttl, milliseconds(300'000));
  EXPECT_TRUE(plain.allowed.empty());
  EXPECT_EQ(TransportKey(plain), "");
  config::v1::Outbound outbound;
  outbound.mutable_dns_min_ttl()->set_nanos(500'000'000);
  outbound.mutable_dns_max_ttl()->set_seconds(60);
  outbound.add_allow_addresses("169.254.1.0/24");
  const settings::OutboundSettings out = OutboundOf(outbound, "h");
  EXPECT_EQ(out.dns.min_ttl, milliseconds(500));
  EXPECT_EQ(out.dns.max_ttl, milliseconds(60'000));
  EXPECT_TRUE(out.allowed.Contains("169.254.1.9"));
}

TEST(TransportKey, TellsEveryDifferenceAndNoSecret) {
  std::set<std::string> keys;
  auto outbound = Proxied();
  const auto add = [&] {
    keys.insert(TransportKey(OutboundOf(outbound, "h")));
    EXPECT_EQ(keys.rbegin()->find("sesame"), std::string::npos);
  };
  add();
  outbound.mutable_secrets(0)->set_secret("other");
  add();
  outbound.clear_proxy_user();
  add();
  outbound.set_proxy("http://other:3128");
  add();
  outbound.clear_proxy();
  add();
  outbound.add_allow_addresses("169.254.1.1");
  add();
  outbound.set_client_certificate_pem("certificate");
  add();
  outbound.mutable_secrets(0)->set_id("client_key");
  add();
  EXPECT_EQ(keys.size(), 8u);
}

TEST(CompileSettings, AnUpstreamHasItsOutboundSettings) {
  auto snapshot = MakeSnapshot();
  *snapshot.mutable_resources(0)->mutable_upstream()->mutable_outbound() = Proxied();
  const auto settings = CompileSettings(snapshot, 5);
  ASSERT_TRUE(settings) << settings.error().Describe();
  const settings::UpstreamSettings& upstream = *(*settings)->upstreams()[0];
  ASSERT_TRUE(upstream.outbound.proxy);
  EXPECT_NE(upstream.pool_key.find("proxy.example.com"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::config_sync
