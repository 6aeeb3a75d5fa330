#pragma once

#include <string>
#include <string_view>

namespace llmgw::admin_cli {

// RFC 4648 section 4, padded: the protobuf JSON form of bytes.
std::string Base64(std::string_view bytes);

}  // namespace llmgw::admin_cli
