#pragma once

#include <map>
#include <string>

#include "common/base/result.h"

namespace llmgw::daemon {

// DIR/addresses.json: where this daemon really listens ({"grpc":"127.0.0.1:7400"}), for scripts
// that asked for port 0 or wait for it to be up. It exists only while the daemon serves: written
// whole by a rename, removed by the destructor. Move-only.
class AddressesFile {
 public:
  static Result<AddressesFile> Write(const std::string& directory,
                                     const std::map<std::string, std::string>& addresses);
  ~AddressesFile();
  AddressesFile(AddressesFile&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  AddressesFile& operator=(AddressesFile&& other) noexcept;

  const std::string& path() const { return path_; }

 private:
  explicit AddressesFile(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty after a move
};

}  // namespace llmgw::daemon
