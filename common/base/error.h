#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace llmgw {

// What went wrong, for a caller that must decide what to do next. Each boundary maps its own
// failures to one of these exactly once.
enum class ErrorKind {
  kInvalidArgument,    // the input is wrong; `field` names where
  kNotFound,           // the named thing does not exist
  kAlreadyExists,      // the name is taken
  kConflict,           // somebody else changed it first (revision mismatch)
  kInUse,              // something else still names it
  kUnauthenticated,    // no or wrong credential
  kPermissionDenied,   // known caller, not allowed
  kUnavailable,        // the other side is away; trying again later may help
  kDeadlineExceeded,   // it took too long
  kResourceExhausted,  // a limit was reached
  kInternal,           // our fault
};

// Stable lower-case slug of a kind, for logs and JSON output.
std::string_view ToString(ErrorKind kind);

// A failure as a value. `message` is for people and never holds a secret. `field` is the path of
// the offending input
// ("upstreams[openai].endpoint"), empty when no single input is to blame.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
  std::string field;

  // "field: message", or just the message when no field is known.
  std::string Describe() const { return field.empty() ? message : field + ": " + message; }
};

inline Error InvalidArgument(std::string field, std::string message) {
  return {ErrorKind::kInvalidArgument, std::move(message), std::move(field)};
}
inline Error NotFound(std::string message) {
  return {ErrorKind::kNotFound, std::move(message), {}};
}
inline Error Conflict(std::string message) {
  return {ErrorKind::kConflict, std::move(message), {}};
}
inline Error InUse(std::string message) { return {ErrorKind::kInUse, std::move(message), {}}; }
inline Error Unavailable(std::string message) {
  return {ErrorKind::kUnavailable, std::move(message), {}};
}
inline Error Internal(std::string message) {
  return {ErrorKind::kInternal, std::move(message), {}};
}

}  // namespace llmgw
