#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace llmgw::admin_cli::migrate {

// One variable of a .env file.
struct EnvValue {
  std::string text;
  int line = 0;  // that its value begins in
};

// Reads a .env file as python-dotenv does (saurabh-kumar.com/python-dotenv, "File format"):
// NAME=VALUE lines, `export` before the name, comments, values in single quotes (kept but for
// \\ and
// \') or double quotes (with \n, \t, \" and the like), both over several lines, and ${NAME} or
// ${NAME:-default} of variables above in all but single quotes. Of a name that stands twice the
// last one counts. kInvalidArgument names the line, and the variable where there is one, never a
// value.
Result<std::map<std::string, EnvValue>> ParseEnvFile(std::string_view text);

}  // namespace llmgw::admin_cli::migrate
