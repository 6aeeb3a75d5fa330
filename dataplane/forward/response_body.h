#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/forward/head_writer.h"
#include "dataplane/forward/model_rewriter.h"
#include "dataplane/net/http1/chunk_decoder.h"

namespace llmgw::forward {

class ResponseObserver;

// Turns the upstream's body bytes into the client's, without copying where both frame alike: chunk
// framing passes untouched. Where a name in it is put back, its
// framing is made anew. One per open response, hence small.
class ResponseBody {
 public:
  enum class State : uint8_t {
    kMore,       // the body goes on
    kDone,       // whole; `excess` tells whether bytes followed that belong to nothing
    kMalformed,  // framing broken
  };

  // `from` is what the upstream sends, `to` what the client gets (see ClientFraming). `rewriter`
  // may be null. With one, kLength to kLength is for a body that is whole in the first Next.
  ResponseBody(net::http1::BodyFraming from, uint64_t length, ResponseFraming to,
               std::unique_ptr<ModelRewriter> rewriter = nullptr);

  // What the client must be sent for a response framed like `from`.
  static ResponseFraming ClientFraming(net::http1::BodyFraming from, bool http10);
  // The same where the length will change and is not known when the head is sent.
  static ResponseFraming RewrittenFraming(net::http1::BodyFraming from, bool http10);

  // One read's worth. `out` is what goes to the client: it points into `in`, or into `storage` when
  // framing had to change. Payload is shown to the observer.
  struct Step {
    State state;
    std::string_view out;
    uint64_t payload_bytes;
    bool excess;
  };
  Step Next(std::string_view in, std::string& storage, ResponseObserver& observer);

  // The upstream closed. True: that was the end of the body.
  bool EndsAtClose() const { return from_ == net::http1::BodyFraming::kUntilClose || done_; }
  // What the client must still be sent at a good end that was a close.
  std::string_view Closing() const {
    return to_ == ResponseFraming::kChunked && from_ == net::http1::BodyFraming::kUntilClose
               ? "0\r\n\r\n"
               : "";
  }
  // The same, with what a rewriter held back; points into `storage` or lives on.
  std::string_view Closing(std::string& storage);

  // Bytes that end a broken body with `text` as its last payload, given what went out before.
  // False: no such bytes exist, the connection must be cut.
  bool EndWith(std::string_view text, std::string& out);

  bool done() const { return done_; }

 private:
  Step NextChunked(std::string_view in, std::string& storage, ResponseObserver& observer);
  Step NextRewritten(std::string_view in, std::string& storage, ResponseObserver& observer);

  net::http1::BodyFraming from_;
  ResponseFraming to_;
  bool done_;
  uint64_t remaining_;  // kLength
  net::http1::ChunkDecoder decoder_;
  std::unique_ptr<ModelRewriter> rewriter_;
};

}  // namespace llmgw::forward
