#include <string>
#include <string_view>

#include "dataplane/forward/model_rewriter.h"
#include "tests/fuzz/check.h"

using llmgw::forward::ModelRewriter;

namespace {

std::string Rewrite(ModelRewriter::Format format, std::string_view in, size_t step) {
  ModelRewriter rewriter(format, "m", "n");
  std::string out;
  for (size_t at = 0; at < in.size(); at += step) {
    const size_t before = out.size();
    const std::string piece(in.substr(at, step));
    rewriter.Rewrite(piece, out);
    // Little is held back.
    FUZZ_CHECK(out.size() + 16 >= before + piece.size());
  }
  rewriter.Flush(out);
  return out;
}

void Check(ModelRewriter::Format format, std::string_view in) {
  const std::string whole = Rewrite(format, in, in.size() + 1);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{5}, in.size() / 2 + 1})
    FUZZ_CHECK(Rewrite(format, in, step) == whole);
  if (in.find('\\') != std::string_view::npos) return;
  // The two names are as long, so that every other byte must be in its place.
  FUZZ_CHECK(whole.size() == in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    if (whole[i] == in[i]) continue;
    FUZZ_CHECK(in[i] == 'm' && whole[i] == 'n');
    FUZZ_CHECK(i > 0 && in[i - 1] == '"' && in[i + 1] == '"');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4000) return 0;
  const std::string in(reinterpret_cast<const char*>(data), size);
  Check(ModelRewriter::Format::kDocument, in);
  Check(ModelRewriter::Format::kEvents, in);
  return 0;
}
