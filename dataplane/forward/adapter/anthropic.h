#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Anthropic's API under its own paths (/v1/messages, /v1/messages/count_tokens,
// /v1/messages/batches, /v1/models): bytes pass unchanged, the credential is `x-api-key`, and
// `anthropic-version`, which every request needs, is added where the client sent none
// (https://docs.claude.com/en/api/overview, https://docs.claude.com/en/api/versioning). Its own
// compatibility endpoint for OpenAI's clients, chat/completions, takes the credential as those send
// it (https://docs.claude.com/en/api/openai-sdk).
const Adapter& AnthropicAdapter();

}  // namespace llmgw::forward
