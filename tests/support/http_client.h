#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/connection.h"
#include "tests/support/http_message.h"

namespace llmgw::test {

// An answer as it came.
struct HttpAnswer {
  int status = 0;  // 0: no answer came
  Headers headers;
  std::string body;
  Headers trailers;
  bool complete = false;     // false: it ended, or went silent, before its framing said so
  std::vector<int> interim;  // 1xx answers before it
  std::string raw_head;
  std::string Header(std::string_view name) const { return HeaderValue(headers, name); }
};

// A plain request. A body gets a Content-Length, unless `headers` frames it already.
struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  Headers headers;
  std::string body;
};

// The bytes of it, with a Host header if there is none.
std::string Print(const HttpRequest& request);

// Reads one answer; the connection may then be used again, if the answer allows it.
HttpAnswer ReadAnswer(Connection& connection, std::string_view method = "GET",
                      std::chrono::milliseconds bound = kPatience);

// Sends on the given connection and reads the answer.
HttpAnswer Exchange(Connection& connection, const HttpRequest& request,
                    std::chrono::milliseconds bound = kPatience);

// The same on a connection of its own to "127.0.0.1:8080". Status 0 when nobody listens.
HttpAnswer Request(const std::string& address, const HttpRequest& request,
                   std::chrono::milliseconds bound = kPatience);

inline HttpAnswer Get(const std::string& address, const std::string& target, Headers headers = {}) {
  return Request(address,
                 {.method = "GET", .target = target, .headers = std::move(headers), .body = {}});
}

// POSTs JSON; a token becomes an Authorization header.
HttpAnswer PostJson(const std::string& address, const std::string& target, const std::string& json,
                    const std::string& token = {});

}  // namespace llmgw::test
