#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/record/digest/sse_scanner.h"
#include "tests/fuzz/check.h"

using namespace llmgw::record;

namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events Scan(std::string_view stream, size_t step) {
  SseScanner scanner;
  Events events;
  const auto take = [&events](const SseEvent& event) {
    events.emplace_back(event.type, event.data);
  };
  for (size_t at = 0; at < stream.size(); at += step) {
    const std::string piece(stream.substr(at, step));
    scanner.Feed(piece, take);
  }
  const bool mid_event = scanner.mid_event();
  const size_t before = events.size();
  scanner.Finish(take);
  if (!mid_event) FUZZ_CHECK(events.size() == before);
  events.emplace_back("mid", mid_event ? "1" : "0");
  return events;
}

// The standard's algorithm written the slow way: whole stream in memory, lines first, then fields.
Events ScanPlainly(std::string_view stream) {
  if (stream.starts_with("\xef\xbb\xbf")) stream.remove_prefix(3);
  Events events;
  std::string data, type;
  bool has_data = false, has_type = false;
  const auto field = [&](std::string_view line) {
    const size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
      if (has_data) data += '\n';
      data += value;
      has_data = true;
    } else if (name == "event") {
      type = value;
      has_type = true;
    }
  };
  const auto dispatch = [&] {
    if (has_data) events.emplace_back(type, data);
    data.clear();
    type.clear();
    has_data = has_type = false;
  };
  while (true) {
    const size_t end = stream.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    const std::string_view line = stream.substr(0, end);
    const bool crlf = stream.substr(end, 2) == "\r\n";
    stream.remove_prefix(end + (crlf ? 2 : 1));
    line.empty() ? dispatch() : field(line);
  }
  const bool mid_event = !stream.empty() || has_data || has_type;
  if (!stream.empty()) field(stream);
  dispatch();
  events.emplace_back("mid", mid_event ? "1" : "0");
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4000) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  // A stream that ends inside its byte order mark has no lines at all; what becomes of the mark is
  // of no interest.
  if (size < 3) return 0;
  const Events expected = ScanPlainly(stream);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size / 2 + 1, size}) {
    FUZZ_CHECK(Scan(stream, step) == expected);
  }
  return 0;
}
