#include "dataplane/net/http1/upgrade.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dataplane/net/http1/head_parser.h"

namespace llmgw::net::http1 {
namespace {

// Heads hold views: the text must stay.
struct Parsed {
  std::string text;
  RequestHead request;
  ResponseHead response;
};

std::unique_ptr<Parsed> Asking(const std::string& headers, const std::string& version = "1.1") {
  auto parsed = std::make_unique<Parsed>();
  parsed->text = "GET / HTTP/" + version + "\r\nHost: a\r\n" + headers + "\r\n";
  HeadFault fault = HeadFault::kNone;
  EXPECT_EQ(ParseRequestHead(parsed->text, {}, parsed->request, fault), ParseStatus::kDone)
      << headers;
  return parsed;
}

std::unique_ptr<Parsed> Granting(const std::string& headers) {
  auto parsed = std::make_unique<Parsed>();
  parsed->text = "HTTP/1.1 101 Switching Protocols\r\n" + headers + "\r\n";
  HeadFault fault = HeadFault::kNone;
  EXPECT_EQ(ParseResponseHead(parsed->text, {}, "GET", parsed->response, fault),
            ParseStatus::kDone);
  return parsed;
}

bool Asks(const std::string& headers, const std::string& version = "1.1") {
  return AsksToSwitch(Asking(headers, version)->request);
}

TEST(Upgrade, AnyProtocolMayBeAskedFor) {
  EXPECT_TRUE(Asks("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
  EXPECT_TRUE(Asks("Connection: keep-alive, upgrade\r\nUpgrade: foo/2, bar\r\n"));
  EXPECT_TRUE(Asks("Connection: upgrade\r\nUpgrade: foo\r\nContent-Length: 0\r\n"));
  EXPECT_TRUE(AsksForWebsocket(
      Asking("Connection: upgrade\r\nUpgrade: foo\r\nUpgrade: WebSocket\r\n")->request));
  EXPECT_FALSE(AsksForWebsocket(Asking("Connection: upgrade\r\nUpgrade: websockets\r\n")->request));
}

TEST(Upgrade, WhatIsNotAskedByConnectionOrIsOldIsIgnored) {
  EXPECT_FALSE(Asks(""));
  EXPECT_FALSE(Asks("Upgrade: websocket\r\n"));
  EXPECT_FALSE(Asks("Connection: upgrade\r\n"));
  EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: ,\r\n"));
  EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: websocket\r\n", "1.0"));
}

// What is spoken inside would be requests that nobody authenticated.
TEST(Upgrade, ProtocolsThatCarryHttpAreNoUpgrade) {
  for (const char* list :
       {"h2c", "H2C", "h2", "h2c-14, h2c", "websocket, h2c", "HTTP/2.0", "TLS/1.2", "foo,\th2c "}) {
    EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: " + std::string(list) + "\r\n")) << list;
  }
  EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n"));
}

TEST(Upgrade, ARequestWithABodyIsForwardedWithout) {
  EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n"));
  EXPECT_FALSE(Asks("Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n"));
}

TEST(Upgrade, OnlyWhatWasAskedForCanBeGranted) {
  const auto grants = [](const std::string& asked, const std::string& granted) {
    return GrantsSwitch(Asking("Connection: upgrade\r\nUpgrade: " + asked + "\r\n")->request,
                        Granting(granted)->response);
  };
  EXPECT_TRUE(grants("websocket", "Upgrade: WebSocket\r\nConnection: Upgrade\r\n"));
  EXPECT_TRUE(grants("foo/1, bar", "Upgrade: bar\r\n"));
  EXPECT_FALSE(grants("websocket", ""));
  EXPECT_FALSE(grants("websocket", "Upgrade: h2c\r\n"));
  EXPECT_FALSE(grants("websocket", "Upgrade: websocket, other\r\n"));
  EXPECT_FALSE(grants("h2c", "Upgrade: h2c\r\n"));
  EXPECT_FALSE(GrantsSwitch(Asking("")->request, Granting("Upgrade: websocket\r\n")->response));
  EXPECT_TRUE(SwitchesToWebsocket(Granting("Upgrade: WEBSOCKET\r\n")->response));
  EXPECT_FALSE(SwitchesToWebsocket(Granting("Upgrade: foo\r\n")->response));
}

}  // namespace
}  // namespace llmgw::net::http1
