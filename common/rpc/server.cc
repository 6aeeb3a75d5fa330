#include "common/rpc/server.h"

#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>

#include "common/rpc/pem_file.h"

namespace llmgw::rpc {

Result<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const ServerTls& tls) {
  if (tls.cert_file.empty() && tls.key_file.empty()) return grpc::InsecureServerCredentials();
  if (tls.cert_file.empty()) {
    return Fail(InvalidArgument("tls-cert", "is needed together with tls-key"));
  }
  if (tls.key_file.empty()) {
    return Fail(InvalidArgument("tls-key", "is needed together with tls-cert"));
  }
  TRY_ASSIGN(std::string cert, ReadPemFile("tls-cert", tls.cert_file));
  TRY_ASSIGN(std::string key, ReadPemFile("tls-key", tls.key_file));
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back({std::move(key), std::move(cert)});
  return grpc::SslServerCredentials(options);
}

void Configure(grpc::ServerBuilder& builder, const daemon::HostPort& listen,
               std::shared_ptr<grpc::ServerCredentials> credentials, const ServerLimits& limits,
               int* port) {
  builder.SetMaxReceiveMessageSize(kLargestRequestBytes);
  builder.SetMaxSendMessageSize(kLargestAnswerBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Our clients ping every 20 s; the default would answer that with GOAWAY "too_many_pings".
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  grpc::ResourceQuota quota("llmgw");
  quota.SetMaxThreads(limits.most_threads);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 2);
  *port = 0;
  builder.AddListeningPort(listen.ToString(), std::move(credentials), port);
}

}  // namespace llmgw::rpc
