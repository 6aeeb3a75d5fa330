#include <string>
#include <string_view>

#include "dataplane/forward/adapter/replicate_events.h"
#include "tests/fuzz/check.h"

using llmgw::forward::ReplicateEvents;

namespace {

struct Result {
  std::string chunks;
  std::string error;
  ReplicateEvents::State state;
};

Result Feed(std::string_view stream, size_t step) {
  ReplicateEvents events({"chatcmpl-1", "a/b", 1}, false);
  Result result;
  for (size_t at = 0; at < stream.size(); at += step) {
    const std::string piece(stream.substr(at, step));
    events.Feed(piece, result.chunks);
  }
  result.state = events.state();
  result.error = events.error();
  FUZZ_CHECK(events.has_content() == (result.chunks.find("\"content\":\"\"") != std::string::npos));
  return result;
}

}  // namespace

// However a stream is cut, the same chunks come of it, and each is one event of one line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 4000) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const Result whole = Feed(stream, size);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size / 2 + 1}) {
    const Result cut = Feed(stream, step);
    FUZZ_CHECK(cut.chunks == whole.chunks);
    FUZZ_CHECK(cut.error == whole.error);
    FUZZ_CHECK(cut.state == whole.state);
  }
  for (size_t at = 0; at < whole.chunks.size();) {
    FUZZ_CHECK(whole.chunks.compare(at, 6, "data: ") == 0);
    const size_t end = whole.chunks.find('\n', at);
    FUZZ_CHECK(end != std::string::npos && whole.chunks.compare(end, 2, "\n\n") == 0);
    at = end + 2;
  }
  return 0;
}
