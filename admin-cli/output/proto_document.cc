#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <map>
#include <set>

#include "admin-cli/output/base64.h"
#include "admin-cli/output/document.h"

namespace llmgw::admin_cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

bool IsInputOnly(const FieldDescriptor& field) {
  static const std::set<std::string> kInputOnly = {
      "llmgw.config.v1.Credential.secret",      "llmgw.config.v1.Credential.secret_env",
      "llmgw.config.v1.Credential.secret_file", "llmgw.config.v1.ClientKey.hash",
      "llmgw.config.v1.ClientKey.token",        "llmgw.config.v1.ClientKey.token_env",
      "llmgw.config.v1.ClientKey.token_file"};
  return kInputOnly.contains(field.full_name());
}

Json MessageValue(const Message& message) {
  if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return TimeUtil::ToString(*duration);
  }
  if (const auto* timestamp = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return TimeUtil::ToString(*timestamp);
  }
  return ToDocument(message);
}

Json TextValue(const FieldDescriptor& field, std::string text) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return Base64(text);
  return text;
}

// One value of a field; `index` is -1 for a field that is not repeated.
Json Value(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return one ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
      return one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return one ? r.GetEnum(message, &field)->name()
                 : r.GetRepeatedEnum(message, &field, index)->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return TextValue(
          field, one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageValue(one ? r.GetMessage(message, &field)
                              : r.GetRepeatedMessage(message, &field, index));
  }
  return nullptr;
}

// A map as an object, sorted by name.
Json MapValue(const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  std::map<std::string, Json> entries;
  for (int i = 0; i < r.FieldSize(message, &field); ++i) {
    const Message& entry = r.GetRepeatedMessage(message, &field, i);
    const std::string name =
        entry.GetReflection()->GetString(entry, field.message_type()->map_key());
    entries[name] = Value(entry, *field.message_type()->map_value(), -1);
  }
  Json object = Json::object();
  for (auto& [name, value] : entries) object[name] = std::move(value);
  return object;
}

bool IsLeftOut(const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  if (field.is_repeated()) return false;
  if (field.has_presence() || IsInputOnly(field)) return !r.HasField(message, &field);
  return false;
}

}  // namespace

Json ToDocument(const Message& message) {
  Json document = Json::object();
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsLeftOut(message, field)) continue;
    if (!field.is_repeated()) {
      document[field.name()] = Value(message, field, -1);
      continue;
    }
    if (field.is_map()) {
      document[field.name()] = MapValue(message, field);
      continue;
    }
    Json list = Json::array();
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int j = 0; j < size; ++j) list.push_back(Value(message, field, j));
    document[field.name()] = std::move(list);
  }
  return document;
}

}  // namespace llmgw::admin_cli
