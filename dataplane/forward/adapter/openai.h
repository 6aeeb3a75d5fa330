#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Any OpenAI-compatible server: bytes pass unchanged, the credential is `Authorization: Bearer …`
// (https://platform.openai.com/docs/api-reference/authentication).
const Adapter& OpenaiAdapter();

}  // namespace llmgw::forward
