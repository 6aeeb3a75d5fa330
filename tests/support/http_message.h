#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/connection.h"

namespace llmgw::test {

// HTTP/1.1 as the tests see it (RFC 9112). Written apart from the product's parser on purpose: the
// two check each other. Names are kept as they were written, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

// Value of the first header of that name, whatever its case; empty when there is none.
std::string HeaderValue(const Headers& headers, std::string_view name);
size_t CountHeader(const Headers& headers, std::string_view name);

// True when they are the same but for the case of ASCII letters.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

// A head, or a body as it was on the wire and as it was meant.
struct Message {
  std::string start_line;
  Headers headers;
  std::string raw_head;  // start line to blank line, exactly
  std::string raw_body;  // with its framing, exactly
  std::string body;      // without
  Headers trailers;
  bool has_head = false;
  bool complete = false;  // false: the connection ended, or went silent, too early
  std::string Header(std::string_view name) const { return HeaderValue(headers, name); }
};

// How the end of a body is known.
enum class BodyFraming { kNone, kContentLength, kChunked, kUntilClose };

// Reads a head. `message.has_head` says whether one came.
Message ReadHead(Connection& connection, std::chrono::milliseconds bound = kPatience);

// Reads the body that belongs to `message` and sets `complete`. Keeps at most `keep_bytes` of it,
// reads all.
void ReadBody(Connection& connection, BodyFraming framing, Message& message,
              std::chrono::milliseconds bound = kPatience, size_t keep_bytes = SIZE_MAX);

// The framing that a request's or an answer's headers declare.
BodyFraming RequestFraming(const Message& request);
BodyFraming ResponseFraming(const Message& response, std::string_view method);

// "HTTP/1.1 200 OK" gives 200; 0 when it is not a status line.
int StatusOf(const Message& response);

// "name: value\r\n" for each.
std::string PrintHeaders(const Headers& headers);

// One chunk of chunked framing; of an empty text, nothing (the last chunk is written out by its
// user).
std::string Chunk(std::string_view data);

}  // namespace llmgw::test
