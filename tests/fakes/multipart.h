#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_message.h"

namespace llmgw::test {

// One part of a multipart/form-data body (RFC 7578).
struct FormPart {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string content;
};

// The parts; empty when the body is not well-formed multipart with the boundary that `content_type`
// names.
std::vector<FormPart> ParseForm(std::string_view content_type, std::string_view body);

// A body and its boundary, for tests that send one.
std::string PrintForm(const std::vector<FormPart>& parts, std::string_view boundary);

// The part of that name, or null.
const FormPart* FindPart(const std::vector<FormPart>& parts, std::string_view name);

}  // namespace llmgw::test
