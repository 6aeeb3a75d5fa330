#include "admin-cli/client/admin_client.h"

#include "common/daemon/units.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"

namespace llmgw::admin_cli {
namespace {

// Metadata values are visible ASCII.
std::string AsMetadata(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return text;
}

Error Unreachable(const std::string& address, bool tls, const std::string& detail) {
  std::string text = "can't reach the controlplane at " + address;
  if (!detail.empty()) text += " (" + detail + ")";
  text +=
      "\nIs it running there? `llmgw-controlplane --help` says how to start one; --controlplane "
      "ADDR or LLMGW_CONTROLPLANE names another address.";
  if (tls) {
    text +=
        "\nTLS is on: the certificate must be signed by the CA in --ca, and be for this host or "
        "--server-name.";
  } else if (detail.find("refused") == std::string::npos) {
    text += "\nIf it speaks TLS: --tls, or --ca FILE.";
  }
  return Unavailable(std::move(text));
}

Error BadToken(const Error& error, const std::string& source, const std::string& passed_over) {
  std::string text = error.message;
  if (source.empty()) {
    text +=
        "\nNo admin token was given. Name its file with --token-file or LLMGW_TOKEN_FILE (the "
        "controlplane writes it to <data folder>/admin.token at first start), or put it into "
        "LLMGW_TOKEN.";
    if (!passed_over.empty()) {
      text += "\nThe token of profile " + passed_over + " is for that profile's address only.";
    }
  } else {
    text += "\nThe token came from " + source +
            ". It must be the admin token of this controlplane: <data folder>/admin.token there.";
  }
  return {error.kind, std::move(text), {}};
}

// gRPC's own words for "there was no answer", as against UNAVAILABLE said by the controlplane.
bool IsTransportFailure(const std::string& message) {
  for (const char* mark :
       {"failed to connect", "connections to all backends failing", "Connection reset",
        "Socket closed", "Broken pipe", "recvmsg:", "DNS resolution failed", "Handshake",
        "handshake", "empty address list", "GOAWAY"}) {
    if (message.find(mark) != std::string::npos) return true;
  }
  return false;
}

// "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to
// remote host: Connection refused" has its news at the end.
std::string LastPart(const std::string& message) {
  const size_t colon = message.rfind(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

}  // namespace

AdminClient::AdminClient(std::shared_ptr<grpc::Channel> channel, const Connection& connection,
                         std::chrono::milliseconds timeout)
    : channel_(std::move(channel)),
      address_(connection.address),
      tls_(connection.tls),
      token_source_(connection.token_source),
      passed_over_(connection.passed_over),
      user_(AsMetadata(connection.user)),
      timeout_(timeout) {}

Result<std::unique_ptr<AdminClient>> AdminClient::Connect(const Connection& connection,
                                                          std::chrono::milliseconds timeout) {
  rpc::ChannelOptions options;
  options.address = connection.address;
  options.transport = connection.tls ? rpc::Transport::kTls : rpc::Transport::kPlaintext;
  options.ca_file = connection.ca_file;
  options.server_name = connection.server_name;
  options.token = connection.token;
  options.allow_insecure_plaintext = connection.insecure;
  auto channel = rpc::MakeChannel(options);
  if (!channel) {
    Error error = std::move(channel.error());
    if (error.field == "address") {
      error.field = "controlplane";
      if (!connection.tls) error.message += " (--tls or --ca FILE; --insecure)";
    }
    if (error.field == "ca_file") error.field = "ca";
    return Fail(std::move(error));
  }
  return std::unique_ptr<AdminClient>(new AdminClient(std::move(*channel), connection, timeout));
}

void AdminClient::Prepare(grpc::ClientContext& context) const {
  context.AddMetadata("llmgw-user", user_);
}

Error AdminClient::Explain(const grpc::Status& status, const grpc::ClientContext& context) const {
  Error error = rpc::FromGrpcStatus(status, context);
  switch (error.kind) {
    case ErrorKind::kUnavailable:
      if (status.error_code() == grpc::StatusCode::UNAVAILABLE &&
          IsTransportFailure(error.message)) {
        return Unreachable(address_, tls_, LastPart(error.message));
      }
      return error;
    case ErrorKind::kUnauthenticated:
      return BadToken(error, token_source_, passed_over_);
    case ErrorKind::kDeadlineExceeded:
      error.message = "no answer from the controlplane at " + address_ + " within " +
                      daemon::FormatDuration(timeout_) + "; --timeout sets how long to wait";
      return error;
    case ErrorKind::kInternal:
      if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
        error.message = "the server at " + address_ + " does not know this call (" + error.message +
                        "): is it the admin address of a controlplane of this version?";
      }
      return error;
    case ErrorKind::kInvalidArgument:
    case ErrorKind::kNotFound:
    case ErrorKind::kAlreadyExists:
    case ErrorKind::kConflict:
    case ErrorKind::kInUse:
    case ErrorKind::kPermissionDenied:
    case ErrorKind::kResourceExhausted:
      return error;
  }
  return error;
}

}  // namespace llmgw::admin_cli
