#pragma once

#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace llmgw::admin_cli {

// What the flags of an `add` or `set` say about fields of a resource. Only flags that were given
// change anything: that is how `set` changes the named fields and keeps the rest.
class FieldEdits {
 public:
  // Each adds a flag to `command` that sets the field at `path` ("timeouts.idle") of the resource.
  // The edits must outlive parsing.
  CLI::Option* Text(CLI::App* command, const std::string& flag, const std::string& path,
                    const std::string& help);
  // Repeatable, or separated by commas; replaces the list. One empty value empties it.
  CLI::Option* List(CLI::App* command, const std::string& flag, const std::string& path,
                    const std::string& help);
  // Repeatable "NAME=VALUE"; replaces the map. One empty value empties it.
  CLI::Option* Map(CLI::App* command, const std::string& flag, const std::string& path,
                   const std::string& help);
  // A flag without a value that writes `value`.
  CLI::Option* Fixed(CLI::App* command, const std::string& flag, const std::string& path,
                     const std::string& value, const std::string& help);
  // The content of the file is the field's text.
  CLI::Option* FileText(CLI::App* command, const std::string& flag, const std::string& path,
                        const std::string& help);
  // --clear FIELD: back to the default, for any field.
  void ClearFlag(CLI::App* command);

  // For what a command decides by itself.
  void Set(const std::string& path, std::vector<std::string> values);

  // Nothing was given.
  bool empty() const;
  // kInvalidArgument names the flag, or the field when there is no flag.
  Status ApplyTo(google::protobuf::Message& resource) const;

 private:
  enum class Source { kText, kFile };
  struct Edit {
    std::string flag;
    std::string path;
    Source source = Source::kText;
    std::vector<std::string> values;
    bool given = false;
  };

  Edit& NewEdit(const std::string& flag, const std::string& path);
  static Status Apply(const Edit& edit, google::protobuf::Message& resource);

  std::deque<Edit> edits_;  // a deque, because flags hold on to their element
  std::vector<std::string> cleared_;
};

}  // namespace llmgw::admin_cli
