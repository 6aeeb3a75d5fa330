#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace google::protobuf {
class Message;
}

// Messages as JSON, with the field names of the .proto files (not lowerCamelCase), because that is
// how the documentation, the YAML files and the database rows spell them. All functions are safe
// for concurrent use.
namespace llmgw::text {

enum class JsonLayout { kCompact, kIndented };

// Unset fields and defaults are left out. Strings must be valid UTF-8 (messages that came over gRPC
// are).
std::string ToJson(const google::protobuf::Message& message,
                   JsonLayout layout = JsonLayout::kCompact);

enum class UnknownFields {
  kRefuse,  // what people wrote: a misspelt name must not be dropped silently
  kIgnore,  // what a program wrote: it may have been a newer one
};

// Replaces the content of `message`; on failure it is left in an unspecified state.
// kInvalidArgument with the path of the field ("timeouts.idle", "credentials[1].idx") where it is
// known. The message never quotes the input, which may hold secrets.
Status FromJson(std::string_view json, google::protobuf::Message* message,
                UnknownFields unknown = UnknownFields::kRefuse);

}  // namespace llmgw::text
