#include "tests/support/http_client.h"

#include <stdexcept>

namespace llmgw::test {

std::string Print(const HttpRequest& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (CountHeader(request.headers, "host") == 0) text += "Host: gateway.test\r\n";
  text += PrintHeaders(request.headers);
  const bool framed = CountHeader(request.headers, "content-length") > 0 ||
                      CountHeader(request.headers, "transfer-encoding") > 0;
  if (!request.body.empty() && !framed) {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

HttpAnswer ReadAnswer(Connection& connection, std::string_view method,
                      std::chrono::milliseconds bound) {
  HttpAnswer answer;
  while (true) {
    Message message = ReadHead(connection, bound);
    answer.status = StatusOf(message);
    if (answer.status / 100 == 1 && answer.status != 101) {
      answer.interim.push_back(answer.status);
      continue;
    }
    if (message.has_head) {
      ReadBody(connection, ResponseFraming(message, method), message, bound);
    }
    answer.headers = std::move(message.headers);
    answer.body = std::move(message.body);
    answer.trailers = std::move(message.trailers);
    answer.complete = message.complete;
    answer.raw_head = std::move(message.raw_head);
    return answer;
  }
}

HttpAnswer Exchange(Connection& connection, const HttpRequest& request,
                    std::chrono::milliseconds bound) {
  // An answer may come (a refusal) before the whole request could be written.
  (void)connection.Write(Print(request), bound);
  return ReadAnswer(connection, request.method, bound);
}

HttpAnswer Request(const std::string& address, const HttpRequest& request,
                   std::chrono::milliseconds bound) {
  HttpRequest once = request;
  if (CountHeader(once.headers, "connection") == 0) {
    once.headers.emplace_back("Connection", "close");
  }
  try {
    Connection connection = ConnectTo(address);
    return Exchange(connection, once, bound);
  } catch (const std::runtime_error&) {
    return {};
  }
}

HttpAnswer PostJson(const std::string& address, const std::string& target, const std::string& json,
                    const std::string& token) {
  Headers headers{{"Content-Type", "application/json"}};
  if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
  return Request(address, {.method = "POST", .target = target, .headers = headers, .body = json});
}

}  // namespace llmgw::test
