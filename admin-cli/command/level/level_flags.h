#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "admin-cli/input/field_edits.h"

namespace llmgw::admin_cli::level {

// What `level add` and `level set` have in common: the fields of a Level as flags.
struct LevelFlags {
  std::string name;
  std::string file;  // -f
  FieldEdits edits;

  bool empty() const { return file.empty() && edits.empty(); }
};

// `flags` must outlive parsing.
void AddLevelFlags(CLI::App* command, LevelFlags& flags);

}  // namespace llmgw::admin_cli::level
