#pragma once

#include <cstdint>
#include <string_view>

namespace llmgw::model {

struct Failure;

// The protocol that a caller speaks, in which the gateway's own words to it are put.
enum class Dialect : uint8_t { kOpenai, kAnthropic };

// Anthropic's is told by its own path, "/v1/messages" and what is below it, or by the header that
// its API requires on every path, `anthropic-version`
// (https://docs.claude.com/en/api/versioning).
Dialect DialectOf(std::string_view path, bool has_anthropic_version);

// The type of Anthropic's error object that goes with a failure
// (https://docs.claude.com/en/api/errors).
std::string_view AnthropicErrorType(const Failure& failure);

}  // namespace llmgw::model
