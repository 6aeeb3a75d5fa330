#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Answers inside the dataplane, for demonstrations, load tests and drills without a provider: chat
// completions (plain, and streamed word by word at the configured pace, with usage), and a models
// list. What it says is canned or the caller's own last message; drills make a share of its answers
// fail in a given way. Shapes follow OpenAI's API reference.
const Adapter& MockAdapter();

}  // namespace llmgw::forward
