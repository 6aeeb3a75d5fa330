#include "dataplane/authenticate/api_key_authenticator.h"

#include <gtest/gtest.h>

#include "dataplane/net/http1/head_parser.h"
#include "dataplane/route/router.h"
#include "dataplane/settings/settings_builder.h"

namespace llmgw::authenticate {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

const system_clock::time_point kNow = system_clock::time_point(seconds(1'700'000'000));

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() {
    settings::SettingsBuilder hasher(0, "hash key");
    const settings::SettingsPtr hash = hasher.Build();
    settings::SettingsBuilder builder(1, "hash key");
    for (const char* name : {"keys", "other", "open"}) {
      settings::RouteDefinition route;
      route.name = name;
      route.prefix = std::string("/") + name;
      if (route.name == "open") route.auth = settings::AuthMode::kOpen;
      builder.AddRoute(route);
    }
    const auto add = [&](std::string_view token, settings::KeyDefinition key) {
      key.id = token;
      key.hash = hash->HashToken(token);
      builder.AddKey(key);
    };
    add("good", {});
    add("revoked", {.disabled = true});
    add("expired", {.expires_at = kNow});
    add("lasting", {.expires_at = kNow + seconds(1)});
    add("bound", {.routes = {"other"}});
    add("inside", {.addresses = {*net::IpRanges::Parse({"192.0.2.0/24"}), {}}});
    add("outside", {.addresses = {{}, *net::IpRanges::Parse({"192.0.2.7"})}});
    add("gone", {.disabled = true, .addresses = {{}, *net::IpRanges::Parse({"192.0.2.7"})}});
    settings_ = builder.Build();
  }

  // "key id/header" or the reason of the refusal.
  std::string Try(const std::string& headers, const std::string& path = "/keys") {
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
    net::http1::RequestHead head;
    net::http1::HeadFault fault = net::http1::HeadFault::kNone;
    EXPECT_EQ(net::http1::ParseRequestHead(text, {}, head, fault), net::http1::ParseStatus::kDone);
    const auto route = route::Router::Match(*settings_, "a", path);
    if (!route) return "no route";
    const auto caller =
        ApiKeyAuthenticator::Authenticate(head, *route, *settings_, kNow, "192.0.2.7");
    if (!caller) return std::string(caller.error().reason);
    const char* kinds[] = {"none", "authorization", "x-api-key", "api-key", "subprotocol"};
    return (caller->key() == nullptr ? "nobody" : std::string(caller->key()->id)) + "/" +
           kinds[static_cast<size_t>(caller->credential_header())];
  }

  settings::SettingsPtr settings_;
};

TEST_F(AuthenticatorTest, TakesTheTokenFromAnyOfThreeHeaders) {
  EXPECT_EQ(Try("Authorization: Bearer good\r\n"), "good/authorization");
  EXPECT_EQ(Try("authorization: bEARER \t good\r\n"), "invalid_api_key");
  EXPECT_EQ(Try("authorization: bEARER    good\r\n"), "good/authorization");
  EXPECT_EQ(Try("Authorization: good\r\n"), "good/authorization");
  EXPECT_EQ(Try("X-Api-Key: good\r\n"), "good/x-api-key");
  EXPECT_EQ(Try("Api-Key: Bearer good\r\n"), "good/api-key");
}

TEST_F(AuthenticatorTest, TheFirstHeaderThatHoldsOneOfOurKeysDecides) {
  EXPECT_EQ(Try("Authorization: theirs\r\nx-api-key: good\r\n"), "good/x-api-key");
  EXPECT_EQ(Try("api-key: good\r\nx-api-key: theirs\r\n"), "good/api-key");
  EXPECT_EQ(Try("Authorization: revoked\r\nx-api-key: good\r\n"), "revoked_api_key");
  EXPECT_EQ(Try("api-key: lasting\r\nAuthorization: good\r\n"), "good/authorization");
}

TEST_F(AuthenticatorTest, NamesTheReason) {
  EXPECT_EQ(Try(""), "missing_api_key");
  EXPECT_EQ(Try("Authorization:\r\nx-api-key: \r\n"), "missing_api_key");
  EXPECT_EQ(Try("Authorization: Bearer wrong\r\n"), "invalid_api_key");
  EXPECT_EQ(Try("Authorization: Bearer GOOD\r\n"), "invalid_api_key");
  EXPECT_EQ(Try("Authorization: Bearer revoked\r\n"), "revoked_api_key");
  EXPECT_EQ(Try("Authorization: Bearer expired\r\n"), "expired_api_key");
  EXPECT_EQ(Try("Authorization: Bearer lasting\r\n"), "lasting/authorization");
  EXPECT_EQ(Try("Authorization: Bearer bound\r\n"), "route_not_allowed");
  EXPECT_EQ(Try("Authorization: Bearer bound\r\n", "/other"), "bound/authorization");
}

TEST_F(AuthenticatorTest, TakesTheTokenFromTheSubprotocolsOfAHandshake) {
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const auto offer = [&](const std::string& list) {
    return Try(upgrade + "Sec-WebSocket-Protocol: " + list + "\r\n");
  };
  EXPECT_EQ(offer("realtime, openai-insecure-api-key.good"), "good/subprotocol");
  EXPECT_EQ(offer("openai-insecure-api-key.good"), "good/subprotocol");
  EXPECT_EQ(offer("realtime,openai-insecure-api-key.good ,x"), "good/subprotocol");
  EXPECT_EQ(offer("a\r\nsec-websocket-protocol: openai-insecure-api-key.good"), "good/subprotocol");
  EXPECT_EQ(offer("openai-insecure-api-key.theirs, openai-insecure-api-key.good"),
            "good/subprotocol");
  EXPECT_EQ(offer("openai-insecure-api-key.revoked"), "revoked_api_key");
  EXPECT_EQ(offer("openai-insecure-api-key.bound"), "route_not_allowed");
  EXPECT_EQ(offer("openai-insecure-api-key.wrong"), "invalid_api_key");
  EXPECT_EQ(offer("openai-insecure-api-key."), "missing_api_key");
  EXPECT_EQ(offer("realtime, good"), "missing_api_key");
  EXPECT_EQ(Try(upgrade + "Authorization: good\r\n" +
                "Sec-WebSocket-Protocol: openai-insecure-api-key.revoked\r\n"),
            "good/authorization");
  EXPECT_EQ(Try("Sec-WebSocket-Protocol: openai-insecure-api-key.good\r\n"), "missing_api_key");
}

TEST_F(AuthenticatorTest, AKeysAddressListIsAskedLast) {
  EXPECT_EQ(Try("Authorization: Bearer inside\r\n"), "inside/authorization");
  EXPECT_EQ(Try("Authorization: Bearer outside\r\n"), "address_not_allowed");
  EXPECT_EQ(Try("Authorization: Bearer gone\r\n"), "revoked_api_key");
}

TEST_F(AuthenticatorTest, AnOpenRouteAsksNobody) {
  EXPECT_EQ(Try("", "/open"), "nobody/none");
  EXPECT_EQ(Try("Authorization: Bearer revoked\r\n", "/open"), "nobody/none");
}

}  // namespace
}  // namespace llmgw::authenticate
