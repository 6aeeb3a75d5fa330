#pragma once

#include <string>
#include <string_view>

#include "dataplane/model/overload.h"
#include "dataplane/model/request_record.h"

namespace llmgw::model {

// Why the gateway itself answers a request, and how. Every reply that an upstream did not make is
// one of these; failure.cc is their catalogue. `reason` is a stable slug for support, logs and
// metrics; `type` and `param` follow OpenAI's error object.
struct Failure {
  int status = 500;
  std::string_view reason;
  Fault fault = Fault::kGateway;
  std::string_view type;
  std::string message;
  std::string param;
  int retry_after_seconds = 0;  // 0: no Retry-After
  // Names what the request asks for and an upstream has no place for; possibly from outside.
  std::string unsupported{};
  // The client can't be told: it left, or the response had begun.
  bool silent = false;
  // What it counts as among the metrics of overload.
  Limit limit = Limit::kNone;
  ClientTimeout timeout = ClientTimeout::kNone;
};

Failure MalformedRequest(int status, std::string_view slug);
Failure PlainHttpToTls();
Failure NoConfig();
Failure NoRoute(std::string_view path);
// By the route's address list, or by the key's.
Failure AddressNotAllowed(std::string_view client);
Failure KeyAddressNotAllowed(std::string_view client);
Failure MissingKey();
Failure InvalidKey();
Failure RevokedKey();
Failure ExpiredKey();
Failure RouteNotAllowed(std::string_view route);
Failure ModelNotAllowed(std::string_view model);
Failure ModelNotFound(std::string_view model);
Failure NoUpstream(std::string_view route);
Failure UpstreamNotAllowed(std::string_view route);
Failure MalformedBody(std::string_view slug, std::string_view field);
Failure MalformedQuery(std::string_view slug, std::string_view parameter);
Failure BodyTooLarge(uint64_t limit_bytes);
Failure BodyTimeout();
Failure BodyNotKept();
// Neither memory nor temporary files have room for another body.
Failure BodyBudget();
// The gateway is at its limit of `what`.
Failure Overloaded(std::string_view what, Limit limit);
Failure ClientGone();
Failure ShuttingDown();
Failure ConnectFailed(std::string_view upstream);
// The upstream's addresses are link-local or a cloud's metadata service.
Failure AddressRefused(std::string_view upstream);
Failure ProxyFailed(std::string_view upstream);
Failure TlsFailed(std::string_view upstream);
Failure UpstreamTimeout(std::string_view upstream, std::string_view which);
Failure UpstreamReset(std::string_view upstream);
Failure BadUpstreamResponse(std::string_view upstream);
// What the request asks for has no place at the upstream's kind.
Failure PathNotSupported(std::string_view upstream, std::string_view kind, std::string_view path);
// Azure OpenAI names the model's deployment in the path.
Failure NoDeployment(std::string_view upstream);
Failure ModelNeeded(std::string_view upstream);
// A good status, and an error or nothing behind it.
Failure NoContent(std::string_view upstream);
// After the response had begun.
Failure StreamBroken(std::string_view upstream, std::string_view how);
// After protocols were switched: nothing passed for too long, and `silent` was the one to speak.
Failure TunnelIdle(Fault silent);

}  // namespace llmgw::model
