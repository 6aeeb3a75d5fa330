#include "common/rpc/status.h"

#include <string>

namespace llmgw::rpc {
namespace {

// A metadata value is visible ASCII; a field path may quote what a user typed.
std::string AsMetadataValue(std::string value) {
  for (char& c : value) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return value;
}

}  // namespace

grpc::StatusCode ToGrpcCode(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidArgument:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorKind::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorKind::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorKind::kConflict:
      return grpc::StatusCode::ABORTED;
    case ErrorKind::kInUse:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorKind::kUnauthenticated:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorKind::kPermissionDenied:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorKind::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorKind::kDeadlineExceeded:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorKind::kResourceExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorKind::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

ErrorKind FromGrpcCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return ErrorKind::kInvalidArgument;
    case grpc::StatusCode::NOT_FOUND:
      return ErrorKind::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
      return ErrorKind::kAlreadyExists;
    case grpc::StatusCode::ABORTED:
      return ErrorKind::kConflict;
    case grpc::StatusCode::FAILED_PRECONDITION:
      return ErrorKind::kInUse;
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorKind::kUnauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED:
      return ErrorKind::kPermissionDenied;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
      return ErrorKind::kUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorKind::kDeadlineExceeded;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorKind::kResourceExhausted;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::OK:
    case grpc::StatusCode::DO_NOT_USE:
      return ErrorKind::kInternal;
  }
  return ErrorKind::kInternal;
}

const char* CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  return code >= 0 && code <= grpc::StatusCode::UNAUTHENTICATED ? kNames[code] : "UNKNOWN";
}

grpc::Status ToGrpcStatus(const Error& error, grpc::ServerContextBase& context) {
  if (!error.field.empty()) {
    context.AddTrailingMetadata(kFieldMetadata, AsMetadataValue(error.field));
  }
  return {ToGrpcCode(error.kind), error.Describe()};
}

Error FromGrpcStatus(const grpc::Status& status, const grpc::ClientContext& context) {
  Error error{FromGrpcCode(status.error_code()), status.error_message(), {}};
  const auto& trailers = context.GetServerTrailingMetadata();
  if (auto it = trailers.find(kFieldMetadata); it != trailers.end()) {
    error.field.assign(it->second.data(), it->second.size());
    // Describe() puts the field in front again.
    std::string prefix = error.field + ": ";
    if (error.message.rfind(prefix, 0) == 0) error.message.erase(0, prefix.size());
  }
  if (error.message.empty()) error.message = CodeName(status.error_code());
  return error;
}

}  // namespace llmgw::rpc
