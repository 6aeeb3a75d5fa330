#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "admin-cli/command/upstream/outbound.h"
#include "admin-cli/input/field_edits.h"
#include "common/base/result.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli {

class Factory;

namespace upstream {

// What `upstream add` and `upstream set` have in common: every field of an Upstream as a flag, and
// where its secrets come from.
struct UpstreamFlags {
  std::string name;
  std::string file;  // -f
  FieldEdits edits;

  // At most one of these gives the upstream's one credential.
  std::string key_env;
  std::string key_file;
  bool key_stdin = false;
  bool key_prompt = false;
  std::vector<std::string> credentials;         // ID=env:VAR or ID=file:PATH
  std::vector<std::string> remove_credentials;  // ids
  OutboundFlags outbound;
  std::vector<std::string> credential_levels;  // ID=LEVEL, or ID= for none

  // No field and no credential was named, and no file.
  bool empty() const;
};

// `flags` must outlive parsing.
void AddUpstreamFlags(CLI::App* command, UpstreamFlags& flags);

// Applies what was given to `target`: the fields first, then the credentials, whose secrets are
// read here.
Status ApplyUpstreamFlags(const UpstreamFlags& flags, Factory& factory,
                          config::v1::Upstream& target);

}  // namespace upstream
}  // namespace llmgw::admin_cli
