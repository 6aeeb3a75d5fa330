#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::controlplane::admin_api {

// A new client token: "sk-llmgw-" and 43 base-62 characters (256 bits).
SecretString MakeClientToken();

// What a given token must be: 16 to 512 visible ASCII characters. kInvalidArgument on "token",
// without quoting it.
Status CheckClientToken(std::string_view token);

// The first characters, for recognising a token: 12 of our own, at most a third of a given one.
std::string PrefixOfOwn(const SecretString& token);
std::string PrefixOfGiven(const SecretString& token);

}  // namespace llmgw::controlplane::admin_api
