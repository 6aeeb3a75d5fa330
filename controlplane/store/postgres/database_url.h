#pragma once

#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::controlplane::store::postgres {

// A postgres:// URL taken apart as far as error messages need it.
struct DatabaseUrl {
  SecretString url;       // with our defaults added: how long to wait for a connect, how soon to
                          // notice a dead server
  SecretString password;  // empty when the URL has none
  std::string server;     // for messages: "PostgreSQL at db.example.com:5432/llmgw"
};

// kInvalidArgument on the field "database", without a piece of the URL.
Result<DatabaseUrl> ParseDatabaseUrl(const std::string& url);

}  // namespace llmgw::controlplane::store::postgres
