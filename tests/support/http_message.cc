#include "tests/support/http_message.h"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace llmgw::test {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Lines after the first, up to the blank one.
Headers ParseHeaders(std::string_view lines) {
  Headers headers;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.emplace_back(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  return headers;
}

// Appends, up to a size.
void Keep(std::string& to, std::string_view bytes, size_t limit) {
  if (to.size() < limit) to.append(bytes.substr(0, limit - to.size()));
}

bool ReadChunked(Connection& connection, Message& message, std::chrono::milliseconds bound,
                 size_t limit) {
  while (true) {
    const std::string line = connection.TakeThrough("\r\n", bound);
    if (line.empty()) return false;
    Keep(message.raw_body, line, limit);
    char* end = nullptr;
    const size_t size = std::strtoull(line.c_str(), &end, 16);
    if (end == line.c_str()) return false;
    if (size == 0) break;
    const std::string data = connection.Take(size + 2, bound);
    Keep(message.raw_body, data, limit);
    Keep(message.body, std::string_view(data).substr(0, std::min(size, data.size())), limit);
    if (data.size() != size + 2 || !data.ends_with("\r\n")) return false;
  }
  std::string trailers;
  while (true) {
    const std::string line = connection.TakeThrough("\r\n", bound);
    if (line.empty()) return false;
    Keep(message.raw_body, line, limit);
    if (line == "\r\n") break;
    trailers += line;
  }
  message.trailers = ParseHeaders(trailers);
  return true;
}

bool ReadCounted(Connection& connection, Message& message, std::chrono::milliseconds bound,
                 size_t limit) {
  size_t left = std::strtoull(message.Header("content-length").c_str(), nullptr, 10);
  while (left > 0) {
    const std::string piece = connection.Take(std::min<size_t>(left, 1 << 20), bound);
    if (piece.empty()) return false;
    Keep(message.body, piece, limit);
    left -= piece.size();
  }
  message.raw_body = message.body;
  return true;
}

bool IsChunked(const Message& message) {
  const std::string coding = message.Header("transfer-encoding");
  return coding.size() >= 7 && EqualsIgnoringCase(coding.substr(coding.size() - 7), "chunked");
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string HeaderValue(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return {};
}

size_t CountHeader(const Headers& headers, std::string_view name) {
  return static_cast<size_t>(std::count_if(headers.begin(), headers.end(), [&](const auto& header) {
    return EqualsIgnoringCase(header.first, name);
  }));
}

Message ReadHead(Connection& connection, std::chrono::milliseconds bound) {
  Message message;
  message.raw_head = connection.TakeThrough("\r\n\r\n", bound);
  if (message.raw_head.empty()) return message;
  const std::string_view head = message.raw_head;
  const size_t end = head.find("\r\n");
  message.start_line = head.substr(0, end);
  message.headers = ParseHeaders(head.substr(end + 2));
  message.has_head = true;
  return message;
}

void ReadBody(Connection& connection, BodyFraming framing, Message& message,
              std::chrono::milliseconds bound, size_t keep_bytes) {
  switch (framing) {
    case BodyFraming::kNone:
      message.complete = true;
      return;
    case BodyFraming::kContentLength:
      message.complete = ReadCounted(connection, message, bound, keep_bytes);
      return;
    case BodyFraming::kChunked:
      message.complete = ReadChunked(connection, message, bound, keep_bytes);
      return;
    case BodyFraming::kUntilClose:
      Connection::Event how = Connection::Event::kTimeout;
      Keep(message.body, connection.TakeToEnd(&how, bound), keep_bytes);
      message.raw_body = message.body;
      message.complete = how == Connection::Event::kEnd;
      return;
  }
}

BodyFraming RequestFraming(const Message& request) {
  if (IsChunked(request)) return BodyFraming::kChunked;
  return CountHeader(request.headers, "content-length") > 0 ? BodyFraming::kContentLength
                                                            : BodyFraming::kNone;
}

BodyFraming ResponseFraming(const Message& response, std::string_view method) {
  const int status = StatusOf(response);
  if (method == "HEAD" || status == 204 || status == 304 || status / 100 == 1) {
    return BodyFraming::kNone;
  }
  if (IsChunked(response)) return BodyFraming::kChunked;
  return CountHeader(response.headers, "content-length") > 0 ? BodyFraming::kContentLength
                                                             : BodyFraming::kUntilClose;
}

int StatusOf(const Message& response) {
  if (!response.start_line.starts_with("HTTP/1.")) return 0;
  const size_t space = response.start_line.find(' ');
  return space == std::string::npos ? 0 : std::atoi(response.start_line.c_str() + space + 1);
}

std::string PrintHeaders(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text.append(name + ": " + value + "\r\n");
  return text;
}

std::string Chunk(std::string_view data) {
  if (data.empty()) return {};
  char size[24];
  (void)std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return std::string(size).append(data).append("\r\n");
}

}  // namespace llmgw::test
