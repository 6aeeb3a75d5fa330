#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "admin-cli/app/interrupts.h"
#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli {

// Where the gateway is and who calls.
struct GatewayTarget {
  std::string url;      // "http://127.0.0.1:8080"; a path, "/v1" or not, is kept
  std::string ca_file;  // PEM of the CAs trusted for https; empty: the system's
  SecretString key;     // sent as a bearer token; empty: none
};

// The head of an answer.
struct GatewayHead {
  int status = 0;
  std::string content_type;
  std::string request_id;  // empty when the gateway did not say
  std::string reason;      // x-llmgw-reason: only answers that the gateway made itself have one
  std::string fault;
};

struct GatewayHandlers {
  std::function<void(const GatewayHead&)> on_head;
  // Bytes of the body as they arrive, transfer coding undone.
  std::function<void(std::string_view)> on_data;
};

// POSTs JSON to <url>/v1/chat/completions and hands over the answer as it comes, whatever its
// status. Blocks until its end. An interrupt within the answer closes the connection. kUnavailable:
// there was no answer, or it broke off in the middle; kInvalidArgument: the url or the CA file
// can't be used.
Status PostChat(const GatewayTarget& target, const std::string& body, Interrupts& interrupts,
                const GatewayHandlers& handlers);

}  // namespace llmgw::admin_cli
