#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "common/base/result.h"

namespace llmgw::admin_cli {

// Sets one scalar, duration or time from the text that people write. Adds to a repeated field.
// kInvalidArgument, without a field, says what would be right.
Status SetFromText(google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, const std::string& text);

// Adds to a map of texts or numbers, from "NAME=VALUE". The same name given twice is refused.
Status AddToMapFromText(google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field, const std::string& text);
// The same, of a name and a value.
Status AddToMap(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                const std::string& name, const std::string& value);

// True for fields that SetFromText takes: everything but nested resources.
bool IsTextField(const google::protobuf::FieldDescriptor& field);

// The message and field that a path such as "timeouts.idle" means. Sub-messages on the way are
// created. kInvalidArgument with `path` as field when there is none, naming the nearest.
struct FieldPlace {
  google::protobuf::Message* message = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;
};
Result<FieldPlace> FindField(google::protobuf::Message& root, const std::string& path);

// The field called `name`, or kInvalidArgument that names the nearest; `path` is the error's field.
Result<const google::protobuf::FieldDescriptor*> FieldNamed(
    const google::protobuf::Descriptor& type, const std::string& name, const std::string& path);

}  // namespace llmgw::admin_cli
