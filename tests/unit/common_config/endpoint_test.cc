#include "common/config/endpoint.h"

#include <gtest/gtest.h>

namespace llmgw::config {
namespace {

std::string Parts(std::string_view url) {
  auto e = ParseEndpoint(url);
  if (!e) return "error: " + e.error().message;
  return std::string(e->tls ? "tls " : "plain ") + e->host + " " + std::to_string(e->port) + " " +
         e->authority + " " + e->base_path;
}

TEST(Endpoint, SplitsIntoItsParts) {
  EXPECT_EQ(Parts("https://api.openai.com/v1"), "tls api.openai.com 443 api.openai.com /v1");
  EXPECT_EQ(Parts("http://Example.COM:8080"), "plain example.com 8080 example.com:8080 ");
  EXPECT_EQ(Parts("http://h:80/"), "plain h 80 h ");
  EXPECT_EQ(Parts("HTTPS://h:443/a/b///"), "tls h 443 h /a/b");
  EXPECT_EQ(Parts("https://h/openai/deployments/x%20y"), "tls h 443 h /openai/deployments/x%20y");
}

TEST(Endpoint, TakesAddresses) {
  EXPECT_EQ(Parts("http://127.0.0.1:9/v1"), "plain 127.0.0.1 9 127.0.0.1:9 /v1");
  EXPECT_EQ(Parts("https://[::1]/v1"), "tls ::1 443 [::1] /v1");
  EXPECT_EQ(Parts("http://[FE80::1]:81"), "plain fe80::1 81 [fe80::1]:81 ");
}

TEST(Endpoint, RefusesWithTheReason) {
  struct Case {
    const char* url;
    const char* says;
  };
  for (auto [url, says] : std::initializer_list<Case>{
           {"", "is needed"},
           {"api.openai.com/v1", "scheme is missing"},
           {"ftp://h/", "http or https"},
           {"https:///v1", "host is missing"},
           {"https://h/v1?a=b", "query"},
           {"https://h?a", "query"},
           {"https://h/#x", "fragment"},
           {"https://user:pw@h/", "user part"},
           {"https://h:0/", "1 to 65535"},
           {"https://h:65536/", "1 to 65535"},
           {"https://h:/", "1 to 65535"},
           {"https://h:8a/", "1 to 65535"},
           {"https://::1/", "brackets"},
           {"https://[::1/", "missing"},
           {"https://[nope]/", "IPv6"},
           {"https://[::1]x/", "follow"},
           {"https://h h/", "space"},
           {"https://h/\n", "control"},
           {"https://-h/", "host name"},
           {"https://a..b/", "host name"},
           {"https://1.2.3/", "host name"},
           {"https://1.2.3.999/", "host name"},
           {"https://169.254.169.254./", "host name"},
           {"https://0xa9fea9fe/", "host name"},
           {"https://0xa9.0xfe.0xa9.0xfe/", "host name"},
           {"https://h.0x1/", "host name"},
           {"https://h/a//b", "empty segment"},
           {"https://h/a/../b", "'..'"},
           {"https://h/%zz", "hex"},
           {"https://h/a\"b", "percent-encoded"},
       }) {
    auto parsed = ParseEndpoint(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_NE(parsed.error().message.find(says), std::string::npos)
        << url << " -> " << parsed.error().message;
  }
}

TEST(Endpoint, NeverQuotesAPassword) {
  auto parsed = ParseEndpoint("https://user:hunter2@h/");
  EXPECT_EQ(parsed.error().message.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::config
