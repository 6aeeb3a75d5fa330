#include "dataplane/net/http1/header.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace llmgw::net::http1 {
namespace {

HeaderView Header(std::string_view name, std::string_view value) {
  return {name, value, IdOfHeader(name)};
}

TEST(Header, KnowsItsNamesInAnyCase) {
  const std::pair<std::string_view, HeaderId> cases[] = {
      {"host", HeaderId::kHost},
      {"HOST", HeaderId::kHost},
      {"Content-Length", HeaderId::kContentLength},
      {"cOnTeNt-LeNgTh", HeaderId::kContentLength},
      {"Transfer-Encoding", HeaderId::kTransferEncoding},
      {"TE", HeaderId::kTe},
      {"te", HeaderId::kTe},
      {"X-Api-Key", HeaderId::kXApiKey},
      {"api-key", HeaderId::kApiKey},
      {"Authorization", HeaderId::kAuthorization},
      {"Proxy-Authorization", HeaderId::kProxyAuthorization},
      {"X-Forwarded-For", HeaderId::kXForwardedFor},
      {"Set-Cookie", HeaderId::kSetCookie},
      {"Cookie", HeaderId::kCookie},
      {"Access-Control-Allow-Origin", HeaderId::kAccessControl},
      {"ACCESS-CONTROL-MAX-AGE", HeaderId::kAccessControl},
      {"Sec-WebSocket-Key", HeaderId::kSecWebsocket},
      {"traceparent", HeaderId::kTraceparent},
  };
  for (const auto& [name, id] : cases) EXPECT_EQ(IdOfHeader(name), id) << name;
}

TEST(Header, TakesNothingElseForAKnownName) {
  for (const std::string_view name :
       {"", "hos", "hostt", "x", "content_length", "content-lengtH1", "transfer-encodin",
        "xtransfer-encoding", "access-control-", "sec-websocket-", "content-length1", "api_key"}) {
    EXPECT_EQ(IdOfHeader(name), HeaderId::kOther) << name;
  }
}

TEST(Header, ListsTheHopByHopHeaders) {
  for (const std::string_view name :
       {"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade"}) {
    EXPECT_TRUE(IsHopByHop(IdOfHeader(name))) << name;
  }
  for (const std::string_view name : {"Host", "Content-Length", "Authorization", "Date", "X-A"}) {
    EXPECT_FALSE(IsHopByHop(IdOfHeader(name))) << name;
  }
}

TEST(ConnectionTokens, ReadsListsOverSeveralHeaders) {
  const std::vector<HeaderView> headers = {Header("Connection", "foo ,, Keep-Alive"),
                                           Header("Date", "x"),
                                           Header("connection", "CLOSE,\tX-Bar")};
  const ConnectionTokens tokens(headers);
  EXPECT_TRUE(tokens.close());
  EXPECT_TRUE(tokens.keep_alive());
  EXPECT_FALSE(tokens.upgrade());
  EXPECT_TRUE(tokens.Names(Header("Foo", "1")));
  EXPECT_TRUE(tokens.Names(Header("x-bar", "1")));
  EXPECT_TRUE(tokens.Names(Header("Keep-Alive", "timeout=5")));
  EXPECT_FALSE(tokens.Names(Header("X-Baz", "1")));
}

TEST(ConnectionTokens, NamesNothingWithoutAConnectionHeader) {
  const std::vector<HeaderView> headers = {Header("Date", "x")};
  const ConnectionTokens tokens(headers);
  EXPECT_FALSE(tokens.Names(Header("Date", "x")));
  EXPECT_FALSE(tokens.close());
}

TEST(ConnectionTokens, CannotNameFramingOrHostAway) {
  const std::vector<HeaderView> headers = {
      Header("Connection", "close, Content-Length, Host, Transfer-Encoding, Authorization")};
  const ConnectionTokens tokens(headers);
  EXPECT_FALSE(tokens.Names(Header("Content-Length", "5")));
  EXPECT_FALSE(tokens.Names(Header("Host", "h")));
  EXPECT_FALSE(tokens.Names(Header("Transfer-Encoding", "chunked")));
  EXPECT_TRUE(tokens.Names(Header("Authorization", "x")));
}

}  // namespace
}  // namespace llmgw::net::http1
