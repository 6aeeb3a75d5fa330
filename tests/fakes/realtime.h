#pragma once

#include <string>

#include "tests/fakes/reply.h"

namespace llmgw::test {

struct ReceivedRequest;

// The provider's realtime API (https://platform.openai.com/docs/guides/realtime): answers a
// WebSocket handshake for `model`, as strict about it as RFC 6455 4.2.1, and then events:
//   session.created at once; session.update is answered with session.updated;
//   response.create: response.created, a delta per word in two fragments with a ping between them,
//     response.done;
//   input_audio_buffer.append, then .commit: input_audio_buffer.committed with the number of
//     characters as item_id;
//   fake.break ends the connection without a Close frame; anything else is answered with an error.
Reply AnswerRealtime(const ReceivedRequest& request, const std::string& model);

}  // namespace llmgw::test
