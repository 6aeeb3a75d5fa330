#include "tests/fakes/multipart.h"

#include <sstream>

namespace llmgw::test {
namespace {

// The value of `name="…"` or name=… in a header's parameters.
std::string Parameter(std::string_view header, std::string_view name) {
  size_t at = 0;
  const std::string key = std::string(name) + "=";
  while ((at = header.find(key, at)) != std::string_view::npos) {
    const bool starts = at == 0 || header[at - 1] == ' ' || header[at - 1] == ';';
    at += key.size();
    if (!starts) continue;
    if (at < header.size() && header[at] == '"') {
      const size_t end = header.find('"', at + 1);
      return std::string(header.substr(at + 1, end - at - 1));
    }
    return std::string(header.substr(at, header.find(';', at) - at));
  }
  return {};
}

}  // namespace

std::vector<FormPart> ParseForm(std::string_view content_type, std::string_view body) {
  const std::string boundary = Parameter(content_type, "boundary");
  if (!content_type.starts_with("multipart/form-data") || boundary.empty()) return {};
  const std::string delimiter = "--" + boundary;
  std::vector<FormPart> parts;
  if (!body.starts_with(delimiter)) return {};
  body.remove_prefix(delimiter.size());
  while (body.starts_with("\r\n")) {
    body.remove_prefix(2);
    const size_t head_end = body.find("\r\n\r\n");
    const size_t end = body.find("\r\n" + delimiter, head_end);
    if (head_end == std::string_view::npos || end == std::string_view::npos) return {};
    FormPart part;
    std::istringstream head{std::string(body.substr(0, head_end))};
    for (std::string line; std::getline(head, line);) {
      if (line.ends_with('\r')) line.pop_back();
      const size_t colon = line.find(':');
      if (colon == std::string::npos) return {};
      const std::string_view name = std::string_view(line).substr(0, colon);
      if (EqualsIgnoringCase(name, "content-disposition")) {
        part.name = Parameter(line, "name");
        part.filename = Parameter(line, "filename");
      } else if (EqualsIgnoringCase(name, "content-type")) {
        part.content_type = line.substr(line.find_first_not_of(' ', colon + 1));
      }
    }
    part.content = body.substr(head_end + 4, end - head_end - 4);
    parts.push_back(std::move(part));
    body.remove_prefix(end + 2 + delimiter.size());
  }
  return body.starts_with("--") ? parts : std::vector<FormPart>{};
}

std::string PrintForm(const std::vector<FormPart>& parts, std::string_view boundary) {
  std::string body;
  for (const FormPart& part : parts) {
    body.append("--").append(boundary).append("\r\n");
    body.append("Content-Disposition: form-data; name=\"" + part.name + "\"");
    if (!part.filename.empty()) body.append("; filename=\"" + part.filename + "\"");
    body.append("\r\n");
    if (!part.content_type.empty()) body.append("Content-Type: " + part.content_type + "\r\n");
    body.append("\r\n" + part.content + "\r\n");
  }
  return body.append("--").append(boundary).append("--\r\n");
}

const FormPart* FindPart(const std::vector<FormPart>& parts, std::string_view name) {
  for (const FormPart& part : parts) {
    if (part.name == name) return &part;
  }
  return nullptr;
}

}  // namespace llmgw::test
