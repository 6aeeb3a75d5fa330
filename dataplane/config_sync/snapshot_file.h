#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "dataplane/config_sync/config_state.h"

namespace llmgw::config_sync {

// A configuration from a file, for a dataplane without a controlplane:
//
//   upstreams:
//     - name: openai
//       endpoint: https://api.openai.com/v1
//       credentials: [{secret_env: OPENAI_API_KEY}]
//   routes:                       # left out: one route "default" for /v1
//     - {name: v1, prefix: /v1, upstreams: [openai]}
//   keys:
//     - {name: alice, token_file: /run/secrets/alice}
//
// Fields are those of proto/llmgw/config/v1/resources.proto. Secrets and tokens that are named by
// environment variable or file (white space around them is ignored) are read here; tokens leave as
// hashes under a key that lives as long as the process.
struct SnapshotFile {
  // Every fault, `field` being "file:line: path"; then `state` is empty.
  std::vector<Error> errors;
  ConfigState state;
};

// Reads and checks the whole file. Blocking; any thread.
SnapshotFile LoadSnapshotFile(const std::string& path);

// The same from text; `name` is what errors call it.
SnapshotFile ParseSnapshotFile(std::string_view yaml, const std::string& name);

}  // namespace llmgw::config_sync
