#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "admin-cli/input/field_edits.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "common/base/result.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli {

class Factory;

namespace upstream {

// How `upstream add` and `set` say how connections are made, beyond what FieldEdits holds.
struct OutboundFlags {
  std::string password_env;
  std::string password_file;
  std::string key_env;
  std::string key_file;
  bool direct = false;
  bool no_client_cert = false;

  bool empty() const {
    return password_env.empty() && password_file.empty() && key_env.empty() && key_file.empty() &&
           !direct && !no_client_cert;
  }
};

// Both must outlive parsing.
void AddOutboundFlags(CLI::App* command, FieldEdits& edits, OutboundFlags& flags);

// Drops what is to go, then reads the secrets. Comes after the edits.
Status ApplyOutboundFlags(const OutboundFlags& flags, Factory& factory,
                          config::v1::Upstream& target);

// The lines of `show`.
void AddOutboundFields(const config::v1::Outbound& outbound, FieldList& fields);

}  // namespace upstream
}  // namespace llmgw::admin_cli
