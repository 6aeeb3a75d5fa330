#include "admin-cli/input/proto_field.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <charconv>
#include <vector>

#include "admin-cli/input/time.h"
#include "common/text/near_name.h"

namespace llmgw::admin_cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <typename T>
Result<T> ParseNumber(const std::string& text) {
  T number = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) {
    return Fail(InvalidArgument("", "'" + text + "' is no whole number in range"));
  }
  return number;
}

Result<bool> ParseBool(const std::string& text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return Fail(InvalidArgument("", "'" + text + "' is neither true nor false"));
}

bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Duration::descriptor();
}

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor();
}

Status SetMessage(Message& message, const FieldDescriptor& field, const std::string& text) {
  Message* value = message.GetReflection()->MutableMessage(&message, &field);
  if (IsDuration(field)) {
    TRY_ASSIGN(auto duration, ParseProtoDuration(text));
    value->CopyFrom(duration);
    return {};
  }
  TRY_ASSIGN(auto time, ParseTimestamp(text));
  value->CopyFrom(time);
  return {};
}

}  // namespace

bool IsTextField(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  return !field.is_repeated() && (IsDuration(field) || IsTimestamp(field));
}

Status SetFromText(Message& message, const FieldDescriptor& field, const std::string& text) {
  const auto& r = *message.GetReflection();
  if (field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    r.AddString(&message, &field, text);
    return {};
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      r.SetString(&message, &field, text);
      return {};
    case FieldDescriptor::CPPTYPE_BOOL: {
      TRY_ASSIGN(bool value, ParseBool(text));
      r.SetBool(&message, &field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      TRY_ASSIGN(uint32_t value, ParseNumber<uint32_t>(text));
      r.SetUInt32(&message, &field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      TRY_ASSIGN(uint64_t value, ParseNumber<uint64_t>(text));
      r.SetUInt64(&message, &field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      TRY_ASSIGN(int32_t value, ParseNumber<int32_t>(text));
      r.SetInt32(&message, &field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      TRY_ASSIGN(int64_t value, ParseNumber<int64_t>(text));
      r.SetInt64(&message, &field, value);
      return {};
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (IsTextField(field)) return SetMessage(message, field, text);
      return Fail(InvalidArgument("", "takes fields of its own, not text"));
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_ENUM:
      break;  // the contract has none
  }
  return Fail(Internal("a field of this type can't be set from text"));
}

Status AddToMap(Message& message, const FieldDescriptor& field, const std::string& name,
                const std::string& value) {
  const auto& r = *message.GetReflection();
  const FieldDescriptor& key = *field.message_type()->map_key();
  for (int i = 0; i < r.FieldSize(message, &field); ++i) {
    const Message& entry = r.GetRepeatedMessage(message, &field, i);
    if (entry.GetReflection()->GetString(entry, &key) == name) {
      return Fail(InvalidArgument("", "'" + name + "' is given twice"));
    }
  }
  Message& entry = *r.AddMessage(&message, &field);
  entry.GetReflection()->SetString(&entry, &key, name);
  return SetFromText(entry, *field.message_type()->map_value(), value);
}

Status AddToMapFromText(Message& message, const FieldDescriptor& field, const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(InvalidArgument("", "'" + text + "' must be written NAME=VALUE"));
  }
  return AddToMap(message, field, text.substr(0, equals), text.substr(equals + 1));
}

Result<const FieldDescriptor*> FieldNamed(const Descriptor& type, const std::string& name,
                                          const std::string& path) {
  if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  std::vector<std::string> known;
  std::string list;
  for (int i = 0; i < type.field_count(); ++i) {
    known.push_back(type.field(i)->name());
    list += (list.empty() ? "" : ", ") + known.back();
  }
  std::string near = text::DidYouMean(name, known);
  return Fail(InvalidArgument(
      path, "there is no such field" + (near.empty() ? "; there are: " + list : near)));
}

Result<FieldPlace> FindField(Message& root, const std::string& path) {
  Message* message = &root;
  size_t start = 0;
  while (true) {
    const size_t dot = path.find('.', start);
    const std::string name = path.substr(start, dot - start);
    TRY_ASSIGN(const FieldDescriptor* field, FieldNamed(*message->GetDescriptor(), name, path));
    if (dot == std::string::npos) return FieldPlace{message, field};
    if (field->is_repeated() || IsTextField(*field)) {
      return Fail(InvalidArgument(path, "'" + name + "' has no fields of its own to name"));
    }
    message = message->GetReflection()->MutableMessage(message, field);
    start = dot + 1;
  }
}

}  // namespace llmgw::admin_cli
