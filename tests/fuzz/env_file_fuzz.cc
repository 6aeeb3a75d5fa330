// A .env file of an operator: whatever it holds, it is read or refused, and what was read is read
// again when it is written down in quotes.
#include "admin-cli/import/env_file.h"

#include "tests/fuzz/check.h"

namespace {

using llmgw::admin_cli::migrate::ParseEnvFile;

std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto read = ParseEnvFile({reinterpret_cast<const char*>(data), size});
  if (!read) {
    FUZZ_CHECK(!read.error().field.empty());
    return 0;
  }
  std::string written;
  for (const auto& [name, value] : *read)
    written += "export " + name + " = " + Quoted(value.text) + "\n";
  const auto again = ParseEnvFile(written);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(again->size() == read->size());
  for (const auto& [name, value] : *read) FUZZ_CHECK(again->at(name).text == value.text);
  return 0;
}
