#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "admin-cli/input/field_edits.h"

namespace llmgw::admin_cli::route {

// What `route add` and `route set` have in common: the fields of a Route as flags.
struct RouteFlags {
  std::string name;
  std::string file;  // -f
  FieldEdits edits;

  bool empty() const { return file.empty() && edits.empty(); }
};

// `flags` must outlive parsing.
void AddRouteFlags(CLI::App* command, RouteFlags& flags);

}  // namespace llmgw::admin_cli::route
