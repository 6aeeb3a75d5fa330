#include "common/daemon/addresses_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace llmgw::daemon {

Result<AddressesFile> AddressesFile::Write(const std::string& directory,
                                           const std::map<std::string, std::string>& addresses) {
  std::string path = directory + "/addresses.json";
  std::string draft = path + "." + std::to_string(getpid());
  {
    std::ofstream file(draft, std::ios::trunc);
    file << nlohmann::json(addresses).dump() << "\n";
    file.flush();
    if (!file) return Fail(Internal("can't write " + draft + ": " + std::strerror(errno)));
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    std::string why = std::strerror(errno);
    unlink(draft.c_str());
    return Fail(Internal("can't write " + path + ": " + why));
  }
  return AddressesFile(std::move(path));
}

AddressesFile::~AddressesFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

AddressesFile& AddressesFile::operator=(AddressesFile&& other) noexcept {
  path_.swap(other.path_);
  return *this;
}

}  // namespace llmgw::daemon
