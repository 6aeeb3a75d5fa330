#pragma once

#include "dataplane/net/stream.h"

namespace llmgw::net::http1 {

// Whether a server has begun to answer for good, though it has not been sent the whole request: a
// final response head, the end of the connection, or an error waits in the stream. Interim
// responses (RFC 9110 15.2: a client must be able to take any number of them, also unasked) are
// taken out and forgotten. Fit for a WriteStop.
bool FinalAnswerWaits(Stream& server);

}  // namespace llmgw::net::http1
