#include "common/text/proto_json.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

namespace llmgw::text {
namespace {

namespace util = google::protobuf::util;

std::string JoinPath(std::string_view path, std::string_view name) {
  std::string joined(path);
  if (!joined.empty() && !name.empty()) joined += '.';
  joined += name;
  return joined;
}

// The end of protobuf's "invalid value <value> for type <type>" says what was expected.
std::string WrongType(std::string_view text) {
  constexpr std::string_view kForType = " for type ";
  const size_t at = text.rfind(kForType);
  std::string_view type = at == std::string_view::npos ? "" : text.substr(at + kForType.size());
  if (type.ends_with("google.protobuf.Duration")) {
    return "must be a duration in seconds such as \"1.5s\"";
  }
  if (type.ends_with("google.protobuf.Timestamp")) {
    return "must be a time such as \"2026-01-31T12:00:00Z\"";
  }
  if (type.starts_with("TYPE_UINT")) return "must be a whole number that is not negative";
  if (type.starts_with("TYPE_INT") || type.starts_with("TYPE_SINT")) {
    return "must be a whole number";
  }
  if (type == "TYPE_BOOL") return "must be true or false";
  if (type == "TYPE_BYTES") return "must be base64";
  if (type.find('/') != std::string_view::npos) return "must be an object";
  return "has a value of the wrong type";
}

// protobuf (3.21) describes a failure as "(path): invalid value <value> for type <type>",
// "(path) name: Cannot find field." or, at the top, "name: Cannot find field."; broken JSON as a
// line that says what is wrong followed by a piece of the input. Only the known parts are taken
// over.
Error Describe(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  std::string_view path;
  if (text.starts_with('(')) {
    const size_t close = text.find(')');
    if (close != std::string_view::npos) {
      path = text.substr(1, close - 1);
      text.remove_prefix(close + 1);
      if (text.starts_with(' ')) text.remove_prefix(1);
    }
  }
  constexpr std::string_view kUnknown = ": Cannot find field.";
  if (text.ends_with(kUnknown)) {
    text.remove_suffix(kUnknown.size());
    return InvalidArgument(JoinPath(path, text), "there is no such field");
  }
  if (text.find("invalid value Starting an object on a scalar field") != std::string_view::npos) {
    return InvalidArgument(JoinPath(path, {}), "has an object where a plain value belongs");
  }
  if (text.find("invalid value") != std::string_view::npos) {
    // A Duration or Timestamp names its type at the end too.
    return InvalidArgument(JoinPath(path, {}), WrongType(text));
  }
  if (text.find("Root element must be a message") != std::string_view::npos) {
    return InvalidArgument({}, "must be a JSON object");
  }
  return InvalidArgument(std::string(path), "is not valid JSON: " + std::string(text));
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message, JsonLayout layout) {
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = layout == JsonLayout::kIndented;
  std::string json;
  // Fails only for messages with an Any of an unknown type, which the contracts do not have.
  if (!util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  return json;
}

Status FromJson(std::string_view json, google::protobuf::Message* message, UnknownFields unknown) {
  util::JsonParseOptions options;
  options.ignore_unknown_fields = unknown == UnknownFields::kIgnore;
  message->Clear();
  const auto status = util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), message, options);
  if (status.ok()) return {};
  const auto text = status.message();
  return Fail(Describe(std::string_view(text.data(), text.size())));
}

}  // namespace llmgw::text
