#include "admin-cli/input/field_edits.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "admin-cli/app/command.h"
#include "admin-cli/input/proto_field.h"

namespace llmgw::admin_cli {
namespace {

Result<std::string> ReadTextFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(InvalidArgument("", "can't read " + path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

FieldEdits::Edit& FieldEdits::NewEdit(const std::string& flag, const std::string& path) {
  edits_.push_back({flag, path, Source::kText, {}, false});
  return edits_.back();
}

CLI::Option* FieldEdits::Text(CLI::App* command, const std::string& flag, const std::string& path,
                              const std::string& help) {
  Edit& edit = NewEdit(flag, path);
  return command->add_option_function<std::string>(
      flag,
      [&edit](const std::string& value) {
        edit.values = {value};
        edit.given = true;
      },
      help);
}

CLI::Option* FieldEdits::FileText(CLI::App* command, const std::string& flag,
                                  const std::string& path, const std::string& help) {
  CLI::Option* option = Text(command, flag, path, help);
  edits_.back().source = Source::kFile;
  return option->type_name("FILE");
}

CLI::Option* FieldEdits::List(CLI::App* command, const std::string& flag, const std::string& path,
                              const std::string& help) {
  Edit& edit = NewEdit(flag, path);
  return command
      ->add_option_function<std::vector<std::string>>(
          flag,
          [&edit](const std::vector<std::string>& values) {
            edit.values = values;
            std::erase(edit.values, "");
            edit.given = true;
          },
          help)
      ->allow_extra_args(false)
      ->delimiter(',');
}

CLI::Option* FieldEdits::Map(CLI::App* command, const std::string& flag, const std::string& path,
                             const std::string& help) {
  Edit& edit = NewEdit(flag, path);
  // No delimiter: a value may have commas.
  return command
      ->add_option_function<std::vector<std::string>>(
          flag,
          [&edit](const std::vector<std::string>& values) {
            edit.values = values;
            std::erase(edit.values, "");
            edit.given = true;
          },
          help)
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
}

CLI::Option* FieldEdits::Fixed(CLI::App* command, const std::string& flag, const std::string& path,
                               const std::string& value, const std::string& help) {
  Edit& edit = NewEdit(flag, path);
  edit.values = {value};
  return command->add_flag_function(
      flag, [&edit](int64_t) { edit.given = true; }, help);
}

void FieldEdits::ClearFlag(CLI::App* command) {
  AddList(command, "--clear", cleared_,
          "Set a field back to its default, by its name in -o yaml: retries, timeouts.idle")
      ->type_name("FIELD");
}

void FieldEdits::Set(const std::string& path, std::vector<std::string> values) {
  Edit& edit = NewEdit("", path);
  edit.values = std::move(values);
  edit.given = true;
}

bool FieldEdits::empty() const {
  return cleared_.empty() &&
         std::none_of(edits_.begin(), edits_.end(), [](const Edit& edit) { return edit.given; });
}

Status FieldEdits::Apply(const Edit& edit, google::protobuf::Message& resource) {
  TRY_ASSIGN(FieldPlace place, FindField(resource, edit.path));
  place.message->GetReflection()->ClearField(place.message, place.field);
  for (const std::string& value : edit.values) {
    std::string text = value;
    if (edit.source == Source::kFile) {
      TRY_ASSIGN(text, ReadTextFile(value));
    }
    TRY(place.field->is_map() ? AddToMapFromText(*place.message, *place.field, text)
                              : SetFromText(*place.message, *place.field, text));
  }
  return {};
}

Status FieldEdits::ApplyTo(google::protobuf::Message& resource) const {
  for (const std::string& path : cleared_) {
    TRY_ASSIGN(FieldPlace place, FindField(resource, path));
    place.message->GetReflection()->ClearField(place.message, place.field);
  }
  for (const Edit& edit : edits_) {
    if (!edit.given) continue;
    if (Status done = Apply(edit, resource); !done) {
      Error error = done.error();
      if (error.field.empty()) error.field = edit.flag.empty() ? edit.path : edit.flag;
      return Fail(std::move(error));
    }
  }
  return {};
}

}  // namespace llmgw::admin_cli
