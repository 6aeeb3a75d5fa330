#pragma once

#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace llmgw::config_sync {

// Fills messages from YAML mappings whose keys are the field names of the .proto file. Durations
// are written "500ms", "10s", "2m", "1h", times as RFC 3339. What is unknown, given twice, or of
// the wrong type is collected as an error with its path and place; values are never quoted, they
// may be secrets. Thread-compatible.
class YamlMessageReader {
 public:
  // `file` is what errors call the file.
  explicit YamlMessageReader(std::string file) : file_(std::move(file)) {}

  // `path` is the message's own ("upstreams[openai]").
  void Read(const YAML::Node& node, const std::string& path, google::protobuf::Message& message);

  // "file:line" of a path that was read, or of the nearest one around it.
  std::string PlaceOf(std::string path) const;

  // Records an error at a place ("file:12: message").
  void Fault(const YAML::Node& node, const std::string& path, const std::string& message);
  void Fault(const std::string& path, const std::string& message);

  // About the file itself.
  void FaultAtLine(int line, const std::string& message);

  // Remembers where `path` stands.
  void Remember(const YAML::Node& node, const std::string& path);

  const std::vector<Error>& errors() const { return errors_; }

 private:
  using Field = google::protobuf::FieldDescriptor;

  void ReadField(const YAML::Node& node, const std::string& path, const Field& field,
                 google::protobuf::Message& message);
  void ReadMap(const YAML::Node& node, const std::string& path, const Field& field,
               google::protobuf::Message& message);
  void ReadList(const YAML::Node& node, const std::string& path, const Field& field,
                google::protobuf::Message& message);
  void ReadMessage(const YAML::Node& node, const std::string& path,
                   google::protobuf::Message& message);
  void ReadScalar(const YAML::Node& node, const std::string& path, const Field& field,
                  google::protobuf::Message& message);

  std::string file_;
  std::map<std::string, int> lines_;
  std::vector<Error> errors_;
};

}  // namespace llmgw::config_sync
