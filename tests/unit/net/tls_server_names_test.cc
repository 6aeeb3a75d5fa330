#include "dataplane/net/tls_server_names.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

TEST(TlsServerNames, FindANameWhateverItsCaseOrLastDot) {
  TlsServerNames names;
  EXPECT_TRUE(names.Add("Api.Example.com", 1));
  EXPECT_EQ(names.Find("api.example.com"), 1U);
  EXPECT_EQ(names.Find("API.EXAMPLE.COM."), 1U);
  EXPECT_EQ(names.Find("example.com"), std::nullopt);
  EXPECT_EQ(names.Find("x.api.example.com"), std::nullopt);
  EXPECT_EQ(names.Find(""), std::nullopt);
}

TEST(TlsServerNames, AWildcardStandsForExactlyOneLabel) {
  TlsServerNames names;
  EXPECT_TRUE(names.Add("*.Example.com", 2));
  EXPECT_EQ(names.Find("a.example.com"), 2U);
  EXPECT_EQ(names.Find("b.EXAMPLE.com"), 2U);
  EXPECT_EQ(names.Find("a.b.example.com"), std::nullopt);
  EXPECT_EQ(names.Find("example.com"), std::nullopt);
  EXPECT_EQ(names.Find(".example.com"), std::nullopt);
  EXPECT_EQ(names.Find("aexample.com"), std::nullopt);
}

TEST(TlsServerNames, ANameWinsOverAWildcard) {
  TlsServerNames names;
  EXPECT_TRUE(names.Add("*.example.com", 0));
  EXPECT_TRUE(names.Add("a.example.com", 1));
  EXPECT_EQ(names.Find("a.example.com"), 1U);
  EXPECT_EQ(names.Find("b.example.com"), 0U);
}

TEST(TlsServerNames, TheFirstCertificateWithANameKeepsIt) {
  TlsServerNames names;
  EXPECT_TRUE(names.Add("a.test", 0));
  EXPECT_FALSE(names.Add("A.test", 1));
  EXPECT_TRUE(names.Add("*.test", 1));
  EXPECT_FALSE(names.Add("*.TEST", 2));
  EXPECT_EQ(names.Find("a.test"), 0U);
  EXPECT_EQ(names.Find("b.test"), 1U);
}

}  // namespace
}  // namespace llmgw::net
