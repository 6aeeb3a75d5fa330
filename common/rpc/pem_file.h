#pragma once

#include <string>

#include "common/base/result.h"

namespace llmgw::rpc {

// The text of a PEM file. kInvalidArgument with the given field when it can't be read or has no PEM
// block; the message never has any of the file's text.
Result<std::string> ReadPemFile(const std::string& field, const std::string& path);

}  // namespace llmgw::rpc
