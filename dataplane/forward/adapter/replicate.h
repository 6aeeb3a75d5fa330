#pragma once

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {

// Chat completions over Replicate's predictions (https://replicate.com/docs/reference/http):
// creates one, waits for it (`Prefer: wait`, then asking again at growing intervals) or streams its
// events, and answers in OpenAI's shapes. A prediction that nobody waits for any more is cancelled.
//
// The first-byte timeout bounds the time from the creation to the end of a prediction, or, with
// "stream": true, to the head of its event stream; after that the idle timeout bounds each wait.
// Nothing is committed before the first text has come.
const Adapter& ReplicateAdapter();

}  // namespace llmgw::forward
