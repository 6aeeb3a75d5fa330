#include "admin-cli/output/document.h"

#include <cctype>
#include <set>

namespace llmgw::admin_cli {
namespace {

// Plain scalars that YAML 1.1 or 1.2 readers take for something other than a string.
bool IsReserved(std::string lower) {
  static const std::set<std::string> kReserved = {"null", "true", "false", "yes", "no",
                                                  "on",   "off",  "y",     "n",   "~"};
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return kReserved.contains(lower);
}

// Conservative: starts with a letter or '/', and has only characters that mean nothing in YAML. (A
// digit first could be a number, a date or a duration in base 60; those are quoted.)
bool IsPlain(const std::string& text) {
  if (text.empty() || IsReserved(text)) return false;
  const auto first = static_cast<unsigned char>(text.front());
  if (!std::isalpha(first) && first != '/') return false;
  if (text.back() == ':') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isalnum(c) || std::string_view("_-./@+*").find(text[i]) != std::string_view::npos) {
      continue;
    }
    if (c == ':' && text[i + 1] != ' ') continue;
    if (c == ' ' && i + 1 < text.size() && text[i + 1] != '#') continue;
    return false;
  }
  return true;
}

// Fit for a block: lines of visible ASCII with one line feed at the end.
bool IsBlock(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.back() != '\n' || text.front() == ' ' ||
      text.front() == '\n') {
    return false;
  }
  if (text.size() > 1 && text[text.size() - 2] == '\n') return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != '\n' && (byte < 0x20 || byte > 0x7E)) return false;
  }
  return true;
}

std::string Quoted(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Emit(const Json& value, size_t indent, std::string& out);

void EmitBlock(const std::string& text, size_t indent, std::string& out) {
  out += "|\n";
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = text.find('\n', start);
    if (end > start) out += std::string(indent, ' ') + text.substr(start, end - start);
    out += '\n';
    start = end + 1;
  }
}

// What follows "key:" or "-", up to and with the end of the line.
void EmitAfterMarker(const Json& value, size_t indent, std::string& out) {
  const bool nested = value.is_structured() && !value.empty();
  if (nested) {
    out += '\n';
    Emit(value, indent, out);
    return;
  }
  out += ' ';
  if (value.is_object()) {
    out += "{}";
  } else if (value.is_array()) {
    out += "[]";
  } else if (value.is_string() && IsBlock(value.get_ref<const std::string&>())) {
    EmitBlock(value.get_ref<const std::string&>(), indent, out);
    return;
  } else if (value.is_string() && IsPlain(value.get_ref<const std::string&>())) {
    out += value.get_ref<const std::string&>();
  } else {
    out += Quoted(value);
  }
  out += '\n';
}

void Emit(const Json& value, size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += margin + (IsPlain(key) ? key : Quoted(key)) + ":";
      EmitAfterMarker(member, indent + 2, out);
    }
    return;
  }
  for (const Json& item : value) {
    if (item.is_object() && !item.empty()) {
      // The first member stands on the line of the dash.
      std::string members;
      Emit(item, indent + 2, members);
      members.replace(indent, 1, "-");
      out += members;
    } else {
      out += margin + "-";
      EmitAfterMarker(item, indent + 2, out);
    }
  }
}

}  // namespace

std::string ToJson(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string ToYaml(const Json& document) {
  std::string out;
  if (document.is_structured() && !document.empty()) {
    Emit(document, 0, out);
  } else {
    EmitAfterMarker(document, 0, out);
    out.erase(0, 1);
  }
  return out;
}

}  // namespace llmgw::admin_cli
