#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "admin-cli/input/field_edits.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::key {

// What `key create` and `key set` have in common: the fields of a ClientKey as flags.
struct KeyFlags {
  std::string name;  // `key set` takes the id as well
  std::string file;  // -f
  FieldEdits edits;
  std::string expires;  // span, RFC 3339 time or "never"

  bool empty() const { return file.empty() && edits.empty() && expires.empty(); }
};

// `flags` must outlive parsing.
void AddKeyFlags(CLI::App* command, KeyFlags& flags);

Status ApplyKeyFlags(const KeyFlags& flags, WallTime now, config::v1::ClientKey& target);

}  // namespace llmgw::admin_cli::key
