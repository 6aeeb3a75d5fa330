#pragma once

#include <string>
#include <vector>

#include "common/base/secret_string.h"
#include "llmgw/config/v1/resources.pb.h"

// What another gateway's configuration means here. (`import` itself is a word of the language.)
namespace llmgw::admin_cli::migrate {

// A client key whose token clients have already. Its id, prefix and hash are the controlplane's.
struct PlannedKey {
  config::v1::ClientKey key;
  SecretString token;
  // The token is too short to be kept: the key gets a new one, where the operator asked for that.
  bool needs_new_token = false;
};

// Something of the old configuration that is not in the plan, or means something else from now on.
struct NotCarried {
  std::string key;  // "upstreams[0].keep_header", "REQ_RATE_LIMIT"; never a secret
  int line = 0;     // 0: none
  std::string reason;
};

// Everything to be there afterwards, in the order in which it is made: a resource names only what
// comes before it. Holds secrets.
struct ImportPlan {
  std::vector<config::v1::Level> levels;
  std::vector<config::v1::Upstream> upstreams;
  std::vector<config::v1::Route> routes;
  std::vector<PlannedKey> keys;
  std::vector<NotCarried> not_carried;
};

}  // namespace llmgw::admin_cli::migrate
