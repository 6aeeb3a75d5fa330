#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llmgw::model {

// Whose fault a failure is. A gateway fault is never answered with 401, 403 or 429.
enum class Fault : uint8_t { kNone, kClient, kGateway, kUpstream };

// "", "client", "gateway", "upstream".
const char* ToString(Fault fault);

// What a request consumed, as far as the upstream said so.
struct TokenUsage {
  std::optional<int64_t> input;
  std::optional<int64_t> output;
  std::optional<int64_t> cached_input;
  std::optional<int64_t> reasoning;
};

// What is recorded of a request: the policy of its key, else of its route.
enum class LogPolicy : uint8_t { kNone, kMetadata, kBodies };

// One try of one upstream. Field meanings: proto/llmgw/usage/v1, message Attempt.
struct AttemptRecord {
  uint32_t number = 0;
  std::string upstream;
  std::string credential_id;
  std::chrono::system_clock::time_point time;
  int status = 0;
  std::string outcome;
  std::chrono::microseconds connect{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
  std::string address;
  bool reused_connection = false;
  std::string error;
  bool credential_rests = false;  // from this answer on, for a while
};

// What became of one request; filled along its way, recorded once at its end. Field meanings:
// proto/llmgw/usage/v1, message RequestRecord. Owned by the request, then by the recorder; touched
// by one thread at a time.
struct RequestRecord {
  std::string request_id;
  std::chrono::system_clock::time_point time;
  std::string route;
  std::string upstream;
  std::string key_id;
  std::string client_address;
  std::string method;
  std::string path;
  std::string model_asked;  // the path when the request named none
  bool model_named = false;
  std::string model_served;
  bool stream = false;
  int status = 0;
  std::string reason;
  Fault fault = Fault::kNone;
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
  std::chrono::microseconds gateway{0};
  TokenUsage usage;
  std::string user_agent;
  std::vector<AttemptRecord> attempts;
  LogPolicy log_policy = LogPolicy::kMetadata;
  std::string request_body;
  std::string response_body;
  bool bodies_truncated = false;
  bool retry_budget_spent = false;  // else it would have been tried again
  std::string response_content_type;
};

}  // namespace llmgw::model
