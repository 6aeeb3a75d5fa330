#pragma once

#include <cstdint>

// How a route's answers come about.
namespace llmgw::settings {

// Until when an answer may still be given up for the next candidate.
enum class CommitPoint : uint8_t {
  kFirstContent,  // until a stream's first event with content, or what a document begins with
  kFirstByte,     // until the head
};

// Who answers GET on the route's /models and /models/NAME.
enum class ModelList : uint8_t { kUpstream, kLocal };

}  // namespace llmgw::settings
