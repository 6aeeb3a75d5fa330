#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "admin-cli/client/connection.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

// The admin API as functions that return a Result. Every error says what to do next: where a token
// comes from, how to start the controlplane, which field is wrong. Safe for concurrent use.
class AdminClient {
 public:
  // Does not connect yet; the first call does. kInvalidArgument: an unusable address or CA file.
  static Result<std::unique_ptr<AdminClient>> Connect(const Connection& connection,
                                                      std::chrono::milliseconds timeout);

  // One call, bounded by the --timeout: Call(&UpstreamService::Stub::GetUpstream, request).
  template <typename Stub, typename Request, typename Response>
  Result<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request) {
    Stub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout_);
    Prepare(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return Fail(Explain(status, context));
    return response;
  }

  // For streams: puts our metadata into a context; the caller makes its stub from channel() and
  // sets a deadline if it wants one.
  void Prepare(grpc::ClientContext& context) const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // The error of a call that is over, with what to do about it. REQUIRES: !status.ok().
  Error Explain(const grpc::Status& status, const grpc::ClientContext& context) const;

 private:
  AdminClient(std::shared_ptr<grpc::Channel> channel, const Connection& connection,
              std::chrono::milliseconds timeout);

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string address_;
  const bool tls_;
  const std::string token_source_;
  const std::string passed_over_;
  const std::string user_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace llmgw::admin_cli
