#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "common/base/error.h"

// Error <-> grpc::Status, the one place where the two meet.
namespace llmgw::rpc {

// Name of the trailing metadata that carries Error::field.
inline constexpr char kFieldMetadata[] = "llmgw-field";

grpc::StatusCode ToGrpcCode(ErrorKind kind);
// REQUIRES: not OK. Codes that we never send map to the nearest kind.
ErrorKind FromGrpcCode(grpc::StatusCode code);
// "OK", "INVALID_ARGUMENT", … as the gRPC documents write them; for logs and metric labels.
const char* CodeName(grpc::StatusCode code);

// For a handler's return: message "field: what is wrong", and the field in `context`'s trailing
// metadata.
grpc::Status ToGrpcStatus(const Error& error, grpc::ServerContextBase& context);

// The error that a call ended with, field included. REQUIRES: !status.ok(), and the call is over
// (trailers are there).
Error FromGrpcStatus(const grpc::Status& status, const grpc::ClientContext& context);

}  // namespace llmgw::rpc
