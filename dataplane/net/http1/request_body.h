#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/net/http1/chunk_decoder.h"
#include "dataplane/net/http1/head.h"
#include "dataplane/net/input_buffer.h"
#include "dataplane/net/stream.h"

namespace llmgw::net::http1 {

// The body of one request as it comes in: payload without framing, exactly its bytes and none of
// the next request's. Belongs to the connection's thread; references must outlive it.
class RequestBody {
 public:
  enum class Status : uint8_t {
    kPayload,    // `data` holds at least one byte, valid until the next suspension
    kEnd,        // the body is whole
    kAgain,      // nothing now
    kMalformed,  // chunk framing broken; chunk_fault() says how
    kGone,       // the client closed or broke the connection in the middle
  };
  struct Chunk {
    Status status;
    std::string_view data;
  };

  RequestBody(Stream& client, InputBuffer& input, const RequestHead& head,
              std::span<char> read_buffer);

  // What is there now.
  Chunk TryNext();
  // The same, read straight into `room` where the framing allows it. REQUIRES: room is not empty.
  Chunk TryNext(std::span<char> room);

  // Call before a wait that comes while TryNext may have more.
  void KeepInput() {
    if (!input_.empty()) input_.Own();
  }

  bool finished() const { return finished_; }
  bool chunked() const { return framing_ == BodyFraming::kChunked; }
  // Payload bytes announced by Content-Length; 0 for chunked.
  uint64_t announced() const { return announced_; }
  uint64_t received() const { return received_; }
  ChunkFault chunk_fault() const { return decoder_.fault(); }
  Stream& client() { return client_; }

 private:
  Chunk FromInput();

  Stream& client_;
  InputBuffer& input_;
  std::span<char> read_buffer_;
  BodyFraming framing_;
  bool finished_;
  uint64_t announced_;
  uint64_t received_ = 0;
  ChunkDecoder decoder_;
};

}  // namespace llmgw::net::http1
