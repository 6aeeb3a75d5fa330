#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli {

// Where a command reads and writes. Results go to `out`, everything else to `err`.
struct IoStreams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_tty = false;
  bool out_is_tty = false;
  bool err_is_tty = false;
  // Colours on `out`: it is a terminal and NO_COLOR is not set.
  bool color = false;
  // Asks a person for a secret without showing it. Empty when there is nobody to ask.
  std::function<Result<SecretString>(const std::string& question)> ask_secret = {};
};

}  // namespace llmgw::admin_cli
