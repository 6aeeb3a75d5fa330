#pragma once

#include <string>
#include <string_view>

// Header values with parameters (RFC 9110 5.6.6, RFC 6266): "type; name=token; name="quoted"".
// Internal to this folder.
namespace llmgw::parse {

// Walks the parameters of a header value. Lower-case names are the caller's to compare: use
// EqualsLower.
class ParameterReader {
 public:
  // `value` is the whole header value; type() is what stands before the first ';'.
  explicit ParameterReader(std::string_view value);

  std::string_view type() const { return type_; }

  // Takes the next parameter; false at the end or when what follows is malformed (see malformed()).
  // Quoted values come without quotes and with their escapes resolved.
  bool Next(std::string_view& name, std::string& value);

  bool malformed() const { return malformed_; }

 private:
  bool TakeQuoted(std::string& value);

  std::string_view type_;
  std::string_view rest_;
  bool malformed_ = false;
};

// `text` without regard to ASCII case; `lower` is lower case.
bool EqualsLower(std::string_view text, std::string_view lower);

// Without surrounding spaces and tabs.
std::string_view TrimBlanks(std::string_view text);

}  // namespace llmgw::parse
