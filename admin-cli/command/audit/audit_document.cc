#include "admin-cli/command/audit/audit_document.h"

namespace llmgw::admin_cli::audit {
namespace {

Json Parsed(const std::string& text) {
  if (text.empty()) return nullptr;
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return document.is_discarded() ? Json(text) : document;
}

Json Member(const Json& document, const std::string& name) {
  return document.is_object() && document.contains(name) ? document[name] : Json();
}

}  // namespace

Json EntryDocument(const admin::v1::AuditEntry& entry) {
  Json document = ToDocument(entry);
  document.erase("before_json");
  document.erase("after_json");
  document["before"] = Parsed(entry.before_json());
  document["after"] = Parsed(entry.after_json());
  return document;
}

std::string SubjectName(const admin::v1::AuditEntry& entry) {
  for (const std::string& text : {entry.after_json(), entry.before_json()}) {
    const Json name = Member(Parsed(text), "name");
    if (name.is_string()) return name.get<std::string>();
  }
  return entry.name();
}

std::string ChangedFields(const admin::v1::AuditEntry& entry) {
  const Json before = Parsed(entry.before_json());
  const Json after = Parsed(entry.after_json());
  if (!before.is_object() || !after.is_object()) return "";
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
  };
  for (const auto& [name, value] : after.items()) {
    if (Member(before, name) != value) add(name);
  }
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) add(name);
  }
  return names;
}

}  // namespace llmgw::admin_cli::audit
