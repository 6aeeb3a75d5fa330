#include "common/rpc/pem_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace llmgw::rpc {

Result<std::string> ReadPemFile(const std::string& field, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Fail(InvalidArgument(field, "can't read " + path + ": " + std::strerror(errno)));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.find("-----BEGIN ") == std::string::npos) {
    return Fail(InvalidArgument(field, path + " is not a PEM file"));
  }
  return text;
}

}  // namespace llmgw::rpc
