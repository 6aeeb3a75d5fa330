#include "admin-cli/input/resource_file.h"

#include <google/protobuf/descriptor.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>
#include <set>

#include "admin-cli/input/proto_field.h"

namespace llmgw::admin_cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Place(const std::string& path, const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  const std::string name = path.empty() ? "the document" : path;
  return mark.is_null() ? name : name + " (line " + std::to_string(mark.line + 1) + ")";
}

tl::unexpected<Error> Wrong(const std::string& path, const YAML::Node& node, std::string message) {
  return Fail(InvalidArgument(Place(path, node), std::move(message)));
}

Status Fill(const YAML::Node& node, const std::string& path, Message& message);

Status FillScalar(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                  Message& message) {
  if (!node.IsScalar()) return Wrong(path, node, "must be a single value");
  if (Status done = SetFromText(message, field, node.Scalar()); !done) {
    return Wrong(path, node, done.error().message);
  }
  return {};
}

Status FillRepeated(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
                    Message& message) {
  if (!node.IsSequence()) return Wrong(path, node, "must be a list");
  for (size_t i = 0; i < node.size(); ++i) {
    const std::string item = path + "[" + std::to_string(i) + "]";
    if (IsTextField(field)) {
      TRY(FillScalar(node[i], item, field, message));
    } else {
      TRY(Fill(node[i], item, *message.GetReflection()->AddMessage(&message, &field)));
    }
  }
  return {};
}

Status FillMap(const YAML::Node& node, const std::string& path, const FieldDescriptor& field,
               Message& message) {
  if (!node.IsMap()) return Wrong(path, node, "must be a mapping (name: value)");
  for (const auto& entry : node) {
    const std::string name = entry.first.Scalar();
    const std::string child = std::string(path).append(".").append(name);
    if (!entry.second.IsScalar()) return Wrong(child, entry.first, "must be a single value");
    if (Status done = AddToMap(message, field, name, entry.second.Scalar()); !done) {
      return Wrong(child, entry.first, done.error().message);
    }
  }
  return {};
}

Status Fill(const YAML::Node& node, const std::string& path, Message& message) {
  if (!node.IsMap()) return Wrong(path, node, "must have fields (name: value)");
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string name = entry.first.Scalar();
    const std::string child = path.empty() ? name : std::string(path).append(".").append(name);
    auto field = FieldNamed(*message.GetDescriptor(), name, Place(child, entry.first));
    if (!field) return Fail(std::move(field.error()));
    if (!seen.insert(name).second) return Wrong(child, entry.first, "stands here twice");
    if (entry.second.IsNull()) continue;
    if ((*field)->is_map()) {
      TRY(FillMap(entry.second, child, **field, message));
    } else if ((*field)->is_repeated()) {
      TRY(FillRepeated(entry.second, child, **field, message));
    } else if (IsTextField(**field)) {
      TRY(FillScalar(entry.second, child, **field, message));
    } else {
      TRY(Fill(entry.second, child, *message.GetReflection()->MutableMessage(&message, *field)));
    }
  }
  return {};
}

Result<std::string> ReadAll(const std::string& path, std::istream& in) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(in), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(NotFound("can't read the file " + path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

Status ReadMessage(const std::string& text, Message& message) {
  try {
    return Fill(YAML::Load(text), "", message);
  } catch (const YAML::Exception& e) {
    return Fail(InvalidArgument("", std::string("is no YAML or JSON: ") + e.what()));
  }
}

Result<uint64_t> ReadResource(const std::string& path, std::istream& in, const std::string& wrapper,
                              Message& resource) {
  TRY_ASSIGN(const std::string text, ReadAll(path, in));
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap() || !root[wrapper]) {
      TRY(Fill(root, "", resource));
      return uint64_t{0};
    }
    TRY(Fill(root[wrapper], wrapper, resource));
    const YAML::Node revision = root["meta"] ? root["meta"]["revision"] : YAML::Node();
    return revision.IsDefined() && revision.IsScalar() ? revision.as<uint64_t>() : uint64_t{0};
  } catch (const YAML::Exception& e) {
    return Fail(InvalidArgument(path, std::string("is no YAML or JSON: ") + e.what()));
  }
}

}  // namespace llmgw::admin_cli
