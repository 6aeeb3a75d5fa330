#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace google::protobuf {
class Message;
}

namespace llmgw::admin_cli {

// Keeps the order in which fields were put in, so that output reads like the proto files.
using Json = nlohmann::ordered_json;

// A message as its protobuf JSON form, with the proto file's field names, and two differences that
// scripts like: 64-bit numbers are numbers, and plain fields are there even when they have their
// default. Unset messages and optional fields are left out, and so are empty fields that only ever
// travel towards the gateway (Credential.secret, ClientKey.token, …).
Json ToDocument(const google::protobuf::Message& message);

// Indented JSON, one member per line, without a final line feed. Bytes that are not UTF-8 are
// replaced.
std::string ToJson(const Json& document);

// YAML that a person can edit and ReadResource reads back: strings that could be taken for
// something else are quoted, text of several lines is a block. Ends with a line feed.
std::string ToYaml(const Json& document);

}  // namespace llmgw::admin_cli
