#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Azure OpenAI: bodies pass unchanged, paths do not. Operations on a model stand below its
// deployment, "/openai/deployments/NAME/chat/completions", the others (files, models, batches,
// assistants, responses, …) below "/openai"; all take `api-version`. With v1 paths everything is
// below "/openai/v1" and the body's model names the deployment. The credential is `api-key`, or a
// bearer token of Microsoft Entra ID
// (https://learn.microsoft.com/azure/ai-foundry/openai/reference,
// https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). A request that comes
// in Azure's own form ("/openai/deployments/…" below the route's prefix) keeps its path.
const Adapter& AzureOpenaiAdapter();

}  // namespace llmgw::forward
