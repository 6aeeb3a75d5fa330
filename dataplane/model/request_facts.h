#pragma once

#include <string>

#include "dataplane/model/dialect.h"

namespace llmgw::model {

// What a request asks for, learnt without building a document from its body.
struct RequestFacts {
  // The `model` of a JSON or multipart body, or of a WebSocket handshake's query; the path when
  // there is none (a list may name either).
  std::string model;
  bool has_model = false;
  bool stream = false;  // also: a WebSocket
  // There is a body, and what model it names, if any, could not be read (not JSON, compressed, too
  // large to be kept). An upstream may still read one out of it, so a deny list alone can't admit
  // it. The same for a WebSocket that names none: its frames may.
  bool opaque = false;
  // It asks to switch to a protocol that may be tunnelled; an upstream may grant it.
  bool upgrade = false;
  Dialect dialect = Dialect::kOpenai;  // of its caller
};

}  // namespace llmgw::model
