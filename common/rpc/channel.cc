#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <vector>

#include "common/daemon/host_port.h"
#include "common/rpc/pem_file.h"
#include "common/rpc/server.h"

namespace llmgw::rpc {
namespace {

// gRPC's own call credentials refuse to travel over plaintext, even on loopback; an interceptor
// serves both transports.
class TokenInterceptor final : public grpc::experimental::Interceptor {
 public:
  explicit TokenInterceptor(const SecretString& token) : token_(token) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using Point = grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(Point::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->insert({"authorization", "Bearer " + token_.Reveal()});
    }
    methods->Proceed();
  }

 private:
  const SecretString& token_;  // the factory's, which lives as long as the channel
};

class TokenInterceptorFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit TokenInterceptorFactory(SecretString token) : token_(std::move(token)) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new TokenInterceptor(token_);  // gRPC takes it
  }

 private:
  SecretString token_;
};

Result<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const ChannelOptions& options,
                                                                  const daemon::HostPort& address) {
  if (options.transport == Transport::kTls) {
    grpc::SslCredentialsOptions ssl;
    if (!options.ca_file.empty()) {
      TRY_ASSIGN(ssl.pem_root_certs, ReadPemFile("ca_file", options.ca_file));
    }
    return grpc::SslCredentials(ssl);
  }
  if (!options.ca_file.empty()) {
    return Fail(InvalidArgument("ca_file", "is for TLS, but the transport is plaintext"));
  }
  if (!daemon::IsLoopback(address.host) && !options.allow_insecure_plaintext) {
    return Fail(InvalidArgument(
        "address",
        "plaintext to " + address.ToString() +
            " would show the token to the network; use TLS, or allow plaintext by name"));
  }
  return grpc::InsecureChannelCredentials();
}

grpc::ChannelArguments MakeArguments(const ChannelOptions& options,
                                     const daemon::HostPort& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestAnswerBytes);
  arguments.SetMaxSendMessageSize(kLargestRequestBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);  // also the bound of one connect
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Channels to one address share a connection, and with it its backoff, unless told not to.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A proxy from the environment can't reach our loopback.
  if (daemon::IsLoopback(address.host)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  return arguments;
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options) {
  auto address = daemon::ParseHostPort(options.address);
  if (!address) return Fail(InvalidArgument("address", address.error().message));
  TRY_ASSIGN(auto credentials, MakeCredentials(options, *address));
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (!options.token.empty()) {
    interceptors.push_back(std::make_unique<TokenInterceptorFactory>(options.token));
  }
  // The scheme keeps a host name from being read as a resolver's: "dns:///controlplane:7400".
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      "dns:///" + address->ToString(), credentials, MakeArguments(options, *address),
      std::move(interceptors));
}

}  // namespace llmgw::rpc
