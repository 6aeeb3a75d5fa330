#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "dataplane/model/dialect.h"

namespace llmgw::model {

// In what a request names its model. kJson: a string of a JSON body, with its quotes; kForm: the
// content of a form's part; kQuery: a value, percent-encoded.
enum class ModelPlace : uint8_t { kNone, kJson, kForm, kQuery };

// What a request asks for, learnt without building a document from its body.
struct RequestFacts {
  // The `model` of a JSON or multipart body, or of a WebSocket handshake's query; the path when
  // there is none (a list may name either).
  std::string model;
  bool has_model = false;
  // Whom the request is for, as its body says (`user`, else `safety_identifier`); empty: it does
  // not.
  std::string user;
  bool stream = false;  // also: a WebSocket
  // There is a body, and what model it names, if any, could not be read (not JSON, compressed, too
  // large to be kept). An upstream may still read one out of it, so a deny list alone can't admit
  // it. The same for a WebSocket that names none: its frames may.
  bool opaque = false;
  // Where it names it: bytes [model_begin, model_end) of the body or of the query (counted from its
  // '?').
  ModelPlace model_place = ModelPlace::kNone;
  size_t model_begin = 0;
  size_t model_end = 0;
  // What the held beginning of an opaque body names, at that place: enough to put another name
  // there, not to be admitted by.
  std::string model_in_part;
  // It asks to switch to a protocol that may be tunnelled; an upstream may grant it.
  bool upgrade = false;
  Dialect dialect = Dialect::kOpenai;  // of its caller
};

}  // namespace llmgw::model
