#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin-cli/import/plan_runner.h"
#include "common/base/result.h"

namespace llmgw::admin_cli::migrate {

// The file that new tokens go to, which only its owner may read. Made before anything is changed,
// so that no token is lost for want of a place. RAII: closed at the end, and removed if it stayed
// empty.
class TokenFile {
 public:
  // kAlreadyExists: nothing is written over.
  static Result<std::unique_ptr<TokenFile>> Create(const std::string& path);
  ~TokenFile();
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;

  // One line for each: the key's name, a blank, the token. kInternal: it could not be written.
  Status Write(const std::vector<NewToken>& tokens);

 private:
  TokenFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  const std::string path_;
  const int descriptor_;
  bool empty_ = true;
};

}  // namespace llmgw::admin_cli::migrate
