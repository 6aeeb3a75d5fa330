#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"
#include "common/crypto/seal.h"
#include "dataplane/config_sync/config_state.h"

namespace llmgw::config_sync {

// The last configuration that was good, on disk, so that a dataplane starts without its
// controlplane. It holds upstream secrets: mode 0600 and sealed under a key derived from the
// dataplane token, so the file alone opens nothing. Replaced whole by a rename; a crash leaves the
// one before. Thread-compatible.
class LastGoodFile {
 public:
  // `token` is the dataplane token; another token later can't read the file.
  LastGoodFile(std::string path, const SecretString& token);

  // Empty when there is no file. Errors say what is wrong with it: cut short, changed, of another
  // version, or sealed under another token; the caller goes on without.
  Result<std::optional<ConfigState>> Load() const;

  // On disk (fsync) when it returns.
  Status Save(const ConfigState& state) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  crypto::Sealer sealer_;
};

}  // namespace llmgw::config_sync
