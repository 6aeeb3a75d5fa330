#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Answers inside the dataplane, for demonstrations and tests without a provider: canned chat
// completions (plain, and streamed word by word at the configured pace, with usage), and a models
// list. Shapes follow OpenAI's API reference.
const Adapter& MockAdapter();

}  // namespace llmgw::forward
