#include "dataplane/model/failure.h"

#include <utility>

namespace llmgw::model {
namespace {

constexpr std::string_view kInvalidRequest = "invalid_request_error";
constexpr std::string_view kAuthentication = "authentication_error";
constexpr std::string_view kPermission = "permission_error";
constexpr std::string_view kServer = "server_error";
constexpr std::string_view kUpstream = "upstream_error";

Failure Client(int status, std::string_view reason, std::string_view type, std::string message,
               std::string param = {}) {
  return {.status = status,
          .reason = reason,
          .fault = Fault::kClient,
          .type = type,
          .message = std::move(message),
          .param = std::move(param)};
}
Failure Gateway(int status, std::string_view reason, std::string message,
                int retry_after_seconds = 0) {
  return {.status = status,
          .reason = reason,
          .fault = Fault::kGateway,
          .type = kServer,
          .message = std::move(message),
          .param = {},
          .retry_after_seconds = retry_after_seconds};
}
Failure Upstream(int status, std::string_view reason, std::string message) {
  return {.status = status,
          .reason = reason,
          .fault = Fault::kUpstream,
          .type = kUpstream,
          .message = std::move(message),
          .param = {}};
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

Failure MalformedRequest(int status, std::string_view slug) {
  Failure failure = Client(status, slug, kInvalidRequest,
                           "The request is not valid HTTP/1.1: " + std::string(slug) + ".");
  // What these statuses mean for a head (RFC 9110 15.5.9, 15.5.15; RFC 6585 5).
  if (status == 408) failure.timeout = ClientTimeout::kHead;
  if (status == 414 || status == 431) failure.limit = Limit::kHeadSize;
  return failure;
}
Failure PlainHttpToTls() {
  return Client(400, "plain_http_to_tls", kInvalidRequest,
                "The plain HTTP request was sent to an HTTPS port: use https:// in the base URL.");
}
Failure NoConfig() {
  return Gateway(503, "no_config",
                 "This gateway has no configuration yet: its controlplane could not be reached "
                 "since it was installed.",
                 5);
}
Failure NoRoute(std::string_view path) {
  return Client(404, "no_route", kInvalidRequest,
                "No route of this gateway matches the path " + Quoted(path) + ".");
}
Failure AddressNotAllowed(std::string_view client) {
  return Client(403, "address_not_allowed", kPermission,
                "Requests from your address " + Quoted(client) + " are not allowed here.");
}
Failure KeyAddressNotAllowed(std::string_view client) {
  return Client(403, "address_not_allowed", kPermission,
                "This API key may not be used from your address " + Quoted(client) + ".");
}
Failure MissingKey() {
  return Client(401, "missing_api_key", kAuthentication,
                "You didn't provide an API key. Send one of this gateway's keys in the header "
                "'Authorization: Bearer KEY'.");
}
Failure InvalidKey() {
  return Client(401, "invalid_api_key", kAuthentication,
                "Incorrect API key provided: it is not a key of this gateway.");
}
Failure RevokedKey() {
  return Client(401, "revoked_api_key", kAuthentication, "This API key has been revoked.");
}
Failure ExpiredKey() {
  return Client(401, "expired_api_key", kAuthentication, "This API key has expired.");
}
Failure RouteNotAllowed(std::string_view route) {
  return Client(403, "route_not_allowed", kPermission,
                "This API key may not use the route " + Quoted(route) + ".");
}
Failure ModelNotAllowed(std::string_view model) {
  return Client(403, "model_not_allowed", kPermission,
                "This API key may not use the model " + Quoted(model) + ".", "model");
}
Failure ModelNotFound(std::string_view model) {
  return Client(404, "model_not_found", kInvalidRequest,
                "No upstream serves the model " + Quoted(model) +
                    ". (For requests that name no model, the path stands for it.)",
                "model");
}
Failure NoUpstream(std::string_view route) {
  return Gateway(503, "no_upstream",
                 "The route " + Quoted(route) + " has no upstream that is switched on.", 5);
}
Failure UpstreamNotAllowed(std::string_view route) {
  return Client(403, "upstream_not_allowed", kPermission,
                "This API key may not use any upstream of the route " + Quoted(route) + ".");
}
Failure MalformedBody(std::string_view slug, std::string_view field) {
  return Client(400, slug, kInvalidRequest,
                field.empty()
                    ? "The request body can't be read: " + std::string(slug) + "."
                    : "The field " + Quoted(field) +
                          " of the request body can't be used: " + std::string(slug) + ".",
                std::string(field));
}
Failure MalformedQuery(std::string_view slug, std::string_view parameter) {
  return Client(400, slug, kInvalidRequest,
                "The query parameter " + Quoted(parameter) +
                    " can't be used: " + std::string(slug) + ". Send it once, spelled so.",
                std::string(parameter));
}
Failure BodyTooLarge(uint64_t limit_bytes) {
  Failure failure = Client(413, "body_too_large", kInvalidRequest,
                           "The request body is larger than this gateway's limit of " +
                               std::to_string(limit_bytes) + " bytes.");
  failure.limit = Limit::kBodySize;
  return failure;
}
Failure BodyTimeout() {
  Failure failure =
      Client(408, "body_timeout", kInvalidRequest,
             "The request body did not arrive in time: it paused for too long or came "
             "too slowly.");
  failure.timeout = ClientTimeout::kBody;
  return failure;
}
Failure BodyNotKept() {
  return Gateway(
      503, "temporary_file",
      "The gateway could not keep the request body: its temporary folder can't be written.", 5);
}
Failure BodyBudget() {
  Failure failure =
      Gateway(503, "body_budget", "The gateway has no room for another request body now.", 1);
  failure.limit = Limit::kBufferedBytes;
  return failure;
}
Failure Overloaded(std::string_view what, Limit limit) {
  Failure failure =
      Gateway(503, "overloaded", "The gateway is at its limit of " + std::string(what) + ".", 1);
  failure.limit = limit;
  return failure;
}
Failure ClientGone() {
  Failure failure =
      Client(499, "client_gone", kInvalidRequest, "The client closed the connection.");
  failure.silent = true;
  return failure;
}
Failure ShuttingDown() { return Gateway(503, "shutting_down", "The gateway is shutting down.", 1); }
Failure ConnectFailed(std::string_view upstream) {
  return Upstream(502, "upstream_connect_failed",
                  "The upstream " + Quoted(upstream) + " could not be connected.");
}
Failure AddressRefused(std::string_view upstream) {
  return Gateway(502, "address_refused",
                 "The address of the upstream " + Quoted(upstream) +
                     " is one that the gateway does not connect to.");
}
Failure ProxyFailed(std::string_view upstream) {
  return Gateway(
      502, "proxy_failed",
      "The gateway's proxy did not let it through to the upstream " + Quoted(upstream) + ".");
}
Failure TlsFailed(std::string_view upstream) {
  return Upstream(502, "upstream_tls_failed",
                  "The TLS connection to the upstream " + Quoted(upstream) + " failed.");
}
Failure UpstreamTimeout(std::string_view upstream, std::string_view which) {
  return Upstream(
      504, "upstream_timeout",
      "The upstream " + Quoted(upstream) + " took too long (" + std::string(which) + ").");
}
Failure UpstreamReset(std::string_view upstream) {
  return Upstream(
      502, "upstream_reset",
      "The upstream " + Quoted(upstream) + " closed the connection before it answered.");
}
Failure BadUpstreamResponse(std::string_view upstream) {
  return Upstream(502, "upstream_bad_response",
                  "The answer of the upstream " + Quoted(upstream) + " was not valid HTTP.");
}
Failure PathNotSupported(std::string_view upstream, std::string_view kind, std::string_view path) {
  Failure failure = Client(404, "path_not_supported", kInvalidRequest,
                           "The upstream " + Quoted(upstream) + " (kind " + std::string(kind) +
                               ") has nothing at the path " + Quoted(path) + " with this method.");
  failure.unsupported = path;
  return failure;
}
Failure NoDeployment(std::string_view upstream) {
  return Client(404, "model_not_found", kInvalidRequest,
                "The upstream " + Quoted(upstream) +
                    " has no deployment for this model: a deployment's name has only letters, "
                    "digits, '.', '_' and '-'.",
                "model");
}
Failure ModelNeeded(std::string_view upstream) {
  return Client(400, "model_needed", kInvalidRequest,
                "The upstream " + Quoted(upstream) +
                    " takes the model in its path: name one in the field 'model' of a JSON body or "
                    "form that the gateway can read.",
                "model");
}
Failure NoContent(std::string_view upstream) {
  return Upstream(502, "upstream_no_content",
                  "The answer of the upstream " + Quoted(upstream) +
                      " ended, or reported an error, before it had any content.");
}
Failure StreamBroken(std::string_view upstream, std::string_view how) {
  return Upstream(
      502, "stream_broken",
      "The answer of the upstream " + Quoted(upstream) + " broke off (" + std::string(how) + ").");
}

Failure TunnelIdle(Fault silent) {
  return {504,
          "idle_timeout",
          silent,
          silent == Fault::kClient ? kInvalidRequest : kUpstream,
          "Nothing passed through the connection for too long.",
          {},
          0,
          {},
          false};
}

}  // namespace llmgw::model
