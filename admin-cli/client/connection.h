#pragma once

#include <string>

#include "admin-cli/app/environment.h"
#include "admin-cli/app/globals.h"
#include "admin-cli/client/profiles.h"
#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli {

inline constexpr char kDefaultControlplane[] = "127.0.0.1:7400";
// Where a controlplane that was started in this folder leaves its token; used only for a loopback
// address.
inline constexpr char kLocalTokenFile[] = "data/controlplane/admin.token";

// Everything that decides how llmctl talks to the controlplane, settled.
struct Connection {
  std::string address;
  bool tls = false;
  bool insecure = false;
  std::string ca_file;
  std::string server_name;
  SecretString token;
  std::string token_source;  // "--token-file /x", "LLMGW_TOKEN"; empty when there is no token
  // The profile whose token was not used, because the address is not the profile's.
  std::string passed_over;
  std::string user;  // who runs llmctl; goes into the audit log
};

// Flags win over environment, environment over profile, profile over defaults:
//   address  --controlplane, LLMGW_CONTROLPLANE, profile, 127.0.0.1:7400
//   token    --token-file, LLMGW_TOKEN, LLMGW_TOKEN_FILE, profile, ./data/controlplane/admin.token
//   on loopback TLS      --tls or --ca, profile
// A profile's token, CA and transport belong to its address: with another one from a flag or the
// environment they don't count, so that no token goes where it was not meant to.
// kNotFound or kInvalidArgument when a token file that was named can't be used; no token at all is
// no error here.
Result<Connection> ResolveConnection(const Globals& globals, const Profile& profile,
                                     const Environment& env);

}  // namespace llmgw::admin_cli
