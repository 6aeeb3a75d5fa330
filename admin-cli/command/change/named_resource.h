#pragma once

#include <string>

#include "common/base/result.h"

namespace llmgw::admin_cli {

// The name that a command works on, from its NAME argument and the -f document: either may give it,
// and they may not differ.
inline Result<std::string> SettleName(const std::string& argument, const std::string& in_file) {
  if (argument.empty() && in_file.empty()) {
    return Fail(InvalidArgument("NAME", "is missing"));
  }
  if (!argument.empty() && !in_file.empty() && argument != in_file) {
    return Fail(InvalidArgument("NAME", "is '" + argument + "', but the file is about '" + in_file +
                                            "'; a name can't be changed"));
  }
  return argument.empty() ? in_file : argument;
}

}  // namespace llmgw::admin_cli
