#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/forward/opening_event.h"
#include "dataplane/net/http1/chunk_decoder.h"
#include "dataplane/net/http1/head.h"

namespace llmgw::forward {

// What an answer's body is, as far as it can be read here.
enum class AnswerKind : uint8_t {
  kEvents,  // text/event-stream
  kJson,
  kOther,  // anything else, or with a content coding
};
AnswerKind KindOf(const net::http1::ResponseHead& head);

// Reads the beginning of an answer until it shows whether it is one: content, or a failure behind a
// good status. Looks only; whoever holds the bytes forwards them afterwards as they came. Used by
// one thread.
class StreamOpening {
 public:
  enum class Verdict : uint8_t {
    kUndecided,
    kContent,
    kError,      // an error event before any content, or an error for a document; see status()
    kEmpty,      // a stream that ended without content
    kMalformed,  // the framing is broken
  };

  // REQUIRES: kind is not kOther.
  StreamOpening(AnswerKind kind, net::http1::BodyFraming framing, uint64_t length)
      : kind_(kind), framing_(framing), remaining_(length) {}

  // The next bytes of the body, with their framing. REQUIRES: undecided until now.
  Verdict Look(std::string_view raw);
  // The upstream closed its side. kUndecided: the body was not whole.
  Verdict AtClose();

  // As far as it shows when nothing more can be waited for: kError for a document that has begun as
  // one, else kContent.
  Verdict WithoutMore();

  AnswerKind kind() const { return kind_; }
  // With kError: the HTTP status that it amounts to; 502 when it does not say.
  int status() const { return status_; }

 private:
  Verdict Take(std::string_view payload);
  Verdict TakeEvents(std::string_view payload);
  Verdict TakeDocument(std::string_view payload);
  Verdict Judge(std::string_view type, std::string_view data);
  Verdict AtEnd();

  AnswerKind kind_;
  net::http1::BodyFraming framing_;
  uint64_t remaining_;  // kLength
  net::http1::ChunkDecoder decoder_;
  std::string unfinished_;  // the event, or document, of which more is to come
  bool is_error_ = false;   // the document
  int status_ = 0;
};

}  // namespace llmgw::forward
