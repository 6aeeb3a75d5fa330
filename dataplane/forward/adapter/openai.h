#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Any OpenAI-compatible server (vLLM, llama.cpp, Ollama, LocalAI): bytes pass unchanged, the
// credential is `Authorization: Bearer …`; the organization and project that requests are counted
// for may be set where the client sets none
// (https://platform.openai.com/docs/api-reference/authentication).
const Adapter& OpenaiAdapter();

}  // namespace llmgw::forward
