#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace llmgw::parse {

// What the gateway needs to know of a request body.
struct BodyFacts {
  std::string model;       // decoded: escapes resolved, valid UTF-8, no control characters
  bool has_model = false;  // a usable model was found; "" counts, null does not
  bool stream = false;
  // The model's value as it stands in the body, [begin, end), for a later rewrite. JSON: with its
  // quotes. Multipart: the part's content. Query: as encoded, counted from where `query` begins.
  size_t model_begin = 0;
  size_t model_end = 0;
  // Top-level "user" of a JSON body, or else its "safety_identifier", when it is a string of at
  // most 256 bytes, else empty.
  std::string user;

  void Clear();
};

// Outcome of a peek. Everything except kComplete and kNeedMore is a reason to refuse the request
// with 400: forwarding it would mean deciding on one reading of the body while the upstream may
// take another.
enum class PeekStatus {
  kComplete,  // the whole body was read; facts are final
  kNeedMore,  // the prefix is well-formed so far; facts hold what it showed, a later part may still
              // contradict it
  kNotJson,   // not one JSON object
  kNotMultipart,     // not a well-formed multipart/form-data body, or no usable boundary
  kTooDeep,          // nested deeper than 1024
  kDuplicateModel,   // model given more than once, or under a key that only differs in case (Go
                     // upstreams ignore case)
  kDuplicateStream,  // the same for stream
  kModelNotString,   // facts without model
  kModelInvalid,  // over 1024 bytes, control characters, broken escapes or not UTF-8; facts without
                  // model
  kStreamNotBool,
};

// Stable slug for error bodies and logs; "" for kComplete and kNeedMore.
std::string_view Slug(PeekStatus status);

// The body field to blame ("model", "stream"), or "" when it is the body as a whole.
std::string_view Field(PeekStatus status);

// Reads top-level `model`, `stream`, `user` and `safety_identifier` of a JSON object without
// building a tree: nested values and long strings are skipped at memory speed, keys are compared
// after resolving escapes. Whole bodies only give kComplete or a fault. With is_whole_body false
// the prefix may end anywhere, and the answer is kNeedMore unless the object has ended or is
// broken; each call starts over, so call it when a lot more has arrived, not per read. A UTF-8 byte
// order mark is tolerated and skipped (upstreams differ in accepting it, not in what follows).
// UTF-16 is kNotJson. Skipped parts are checked for structure (strings, brackets), not for every
// rule of the grammar: the upstream does that.
PeekStatus PeekJson(std::string_view prefix, bool is_whole_body, BodyFacts& out);

}  // namespace llmgw::parse
