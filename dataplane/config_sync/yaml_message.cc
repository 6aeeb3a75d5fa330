#include "dataplane/config_sync/yaml_message.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <set>

#include "common/daemon/units.h"
#include "common/text/near_name.h"

namespace llmgw::config_sync {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

std::vector<std::string> FieldNames(const Descriptor& descriptor) {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(descriptor.field_count()));
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  return names;
}

bool IsPlainScalar(const YAML::Node& node) { return node.IsScalar() && node.Tag() != "!"; }

}  // namespace

void YamlMessageReader::Read(const YAML::Node& node, const std::string& path, Message& message) {
  Remember(node, path);
  if (!node.IsMap()) return Fault(node, path, "must be a mapping");
  const Descriptor& descriptor = *message.GetDescriptor();
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    const std::string field_path = std::string(path).append(".").append(name);
    const FieldDescriptor* field = descriptor.FindFieldByName(name);
    if (field == nullptr) {
      Fault(entry.first, field_path,
            "is not a known field" + text::DidYouMean(name, FieldNames(descriptor)));
    } else if (!seen.insert(name).second) {
      Fault(entry.first, field_path, "is given twice");
    } else {
      Remember(entry.first, field_path);
      ReadField(entry.second, field_path, *field, message);
    }
  }
}

void YamlMessageReader::ReadField(const YAML::Node& node, const std::string& path,
                                  const Field& field, Message& message) {
  if (node.IsNull()) return Fault(path, "has no value; leave it out for the default");
  if (field.is_map()) return ReadMap(node, path, field, message);
  if (field.is_repeated()) return ReadList(node, path, field, message);
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
    return ReadMessage(node, path, *message.GetReflection()->MutableMessage(&message, &field));
  }
  ReadScalar(node, path, field, message);
}

void YamlMessageReader::ReadMap(const YAML::Node& node, const std::string& path, const Field& field,
                                Message& message) {
  if (!node.IsMap()) return Fault(node, path, "must be a mapping");
  const Field& key = *field.message_type()->map_key();
  const Field& value = *field.message_type()->map_value();
  std::set<std::string> seen;
  for (const auto& item : node) {
    if (!item.first.IsScalar()) {
      Fault(item.first, path, "must have texts for names");
      continue;
    }
    const std::string name = item.first.Scalar();
    const std::string item_path = std::string(path).append(".").append(name);
    if (!seen.insert(name).second) {
      Fault(item.first, item_path, "is given twice");
      continue;
    }
    Remember(item.first, item_path);
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    entry.GetReflection()->SetString(&entry, &key, name);
    ReadField(item.second, item_path, value, entry);
  }
}

void YamlMessageReader::ReadList(const YAML::Node& node, const std::string& path,
                                 const Field& field, Message& message) {
  if (!node.IsSequence()) return Fault(node, path, "must be a list");
  for (size_t i = 0; i < node.size(); ++i) {
    const std::string item_path = path + "[" + std::to_string(i) + "]";
    Remember(node[i], item_path);
    if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
      ReadMessage(node[i], item_path, *message.GetReflection()->AddMessage(&message, &field));
    } else if (!node[i].IsScalar()) {
      Fault(node[i], item_path, "must be a text");
    } else {
      message.GetReflection()->AddString(&message, &field, node[i].Scalar());
    }
  }
}

void YamlMessageReader::ReadMessage(const YAML::Node& node, const std::string& path,
                                    Message& message) {
  if (auto* duration = dynamic_cast<Duration*>(&message)) {
    if (!node.IsScalar()) return Fault(node, path, "must be a duration such as 500ms, 10s or 2m");
    const auto parsed = daemon::ParseDuration(node.Scalar());
    if (!parsed) return Fault(node, path, parsed.error().message);
    *duration = TimeUtil::MillisecondsToDuration(parsed->count());
  } else if (auto* time = dynamic_cast<Timestamp*>(&message)) {
    if (!node.IsScalar() || !TimeUtil::FromString(node.Scalar(), time)) {
      Fault(node, path, "must be a time such as 2027-01-31T00:00:00Z");
    }
  } else {
    Read(node, path, message);
  }
}

void YamlMessageReader::ReadScalar(const YAML::Node& node, const std::string& path,
                                   const Field& field, Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool is_bytes = field.type() == Field::TYPE_BYTES;
  if (field.cpp_type() == Field::CPPTYPE_STRING && !is_bytes) {
    if (!node.IsScalar()) return Fault(node, path, "must be a text");
    reflection.SetString(&message, &field, node.Scalar());
  } else if (field.cpp_type() == Field::CPPTYPE_BOOL) {
    const bool is_true = IsPlainScalar(node) && node.Scalar() == "true";
    if (!is_true && !(IsPlainScalar(node) && node.Scalar() == "false")) {
      return Fault(node, path, "must be true or false");
    }
    reflection.SetBool(&message, &field, is_true);
  } else if (field.cpp_type() == Field::CPPTYPE_UINT32) {
    const std::string text = IsPlainScalar(node) ? node.Scalar() : std::string();
    uint32_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
      return Fault(node, path, "must be a whole number, not negative");
    }
    reflection.SetUInt32(&message, &field, value);
  } else {
    Fault(node, path, "can't be given in a file");
  }
}

void YamlMessageReader::Remember(const YAML::Node& node, const std::string& path) {
  lines_[path] = node.Mark().line + 1;
}

std::string YamlMessageReader::PlaceOf(std::string path) const {
  while (true) {
    const auto found = lines_.find(path);
    if (found != lines_.end()) return file_ + ":" + std::to_string(found->second);
    const size_t cut = path.find_last_of(".[");
    if (cut == std::string::npos) return file_;
    path.resize(cut);
  }
}

void YamlMessageReader::Fault(const YAML::Node& node, const std::string& path,
                              const std::string& message) {
  const std::string place = file_ + ":" + std::to_string(node.Mark().line + 1);
  errors_.push_back(InvalidArgument(place + ": " + path, message));
}

void YamlMessageReader::Fault(const std::string& path, const std::string& message) {
  errors_.push_back(InvalidArgument(PlaceOf(path) + ": " + path, message));
}

void YamlMessageReader::FaultAtLine(int line, const std::string& message) {
  errors_.push_back(InvalidArgument(file_ + ":" + std::to_string(line), message));
}

}  // namespace llmgw::config_sync
