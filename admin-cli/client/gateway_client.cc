#include "admin-cli/client/gateway_client.h"

#include <httplib.h>

#include <filesystem>
#include <optional>

namespace llmgw::admin_cli {
namespace {

constexpr time_t kConnectSeconds = 10;
// Between two reads. Longer than the gateway's own bounds, so that it is the one to say what was
// too slow.
constexpr time_t kReadSeconds = 900;

struct Url {
  std::string origin;  // "http://host:port"
  std::string path;    // of the chat endpoint
};

Result<Url> ParseUrl(const std::string& url) {
  const bool http = url.starts_with("http://");
  if (!http && !url.starts_with("https://")) {
    return Fail(InvalidArgument("gateway", "write http://HOST:PORT or https://HOST:PORT"));
  }
  const size_t host = http ? 7 : 8;
  const size_t slash = url.find('/', host);
  std::string base = slash == std::string::npos ? "" : url.substr(slash);
  while (base.ends_with('/')) base.pop_back();
  if (!base.ends_with("/v1")) base += "/v1";
  return Url{url.substr(0, slash), base + "/chat/completions"};
}

std::string FirstHeader(const httplib::Response& response,
                        std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (response.has_header(name)) return response.get_header_value(name);
  }
  return "";
}

GatewayHead ToHead(const httplib::Response& response) {
  GatewayHead head;
  head.status = response.status;
  head.content_type = response.get_header_value("content-type");
  head.request_id = FirstHeader(response, {"x-llmgw-request-id", "x-request-id"});
  head.reason = response.get_header_value("x-llmgw-reason");
  head.fault = response.get_header_value("x-llmgw-fault");
  return head;
}

httplib::Request MakeRequest(const GatewayTarget& target, const std::string& path,
                             const std::string& body) {
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  request.set_header("Content-Type", "application/json");
  request.set_header("Accept", "text/event-stream, application/json");
  // A compressed stream may be held back until a block is full.
  request.set_header("Accept-Encoding", "identity");
  request.set_header("User-Agent", "llmctl");
  if (!target.key.empty()) {
    request.set_header("Authorization", "Bearer " + target.key.Reveal());
  }
  return request;
}

Error Unreached(const std::string& origin, httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return Unavailable("can't connect to the gateway at " + origin +
                         "\nIs a dataplane running there? --gateway URL or LLMGW_GATEWAY names "
                         "another; `llmctl dataplane list` shows where they are.");
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return Unavailable("TLS to the gateway at " + origin +
                         " failed: its certificate is not trusted or not for this host; "
                         "--gateway-ca FILE names the CA to trust");
    default:
      return Unavailable("the connection to the gateway at " + origin + " broke off (" +
                         httplib::to_string(error) + ")");
  }
}

}  // namespace

Status PostChat(const GatewayTarget& target, const std::string& body, Interrupts& interrupts,
                const GatewayHandlers& handlers) {
  TRY_ASSIGN(const Url url, ParseUrl(target.url));
  httplib::Client client(url.origin);
  if (!client.is_valid()) {
    return Fail(InvalidArgument("gateway", "'" + target.url + "' is no usable URL"));
  }
  if (!target.ca_file.empty()) {
    std::error_code missing;
    if (!std::filesystem::exists(target.ca_file, missing)) {
      return Fail(InvalidArgument("gateway-ca", "can't read " + target.ca_file));
    }
    client.set_ca_cert_path(target.ca_file);
  }
  client.enable_server_certificate_verification(true);
  client.set_connection_timeout(kConnectSeconds);
  client.set_read_timeout(kReadSeconds);

  httplib::Request request = MakeRequest(target, url.path, body);
  // Until the answer begins there is nothing to put in order, and stop() would wait for a connect
  // that hangs: an interrupt then just ends the process.
  std::optional<Interrupts::Scope> answering;
  request.response_handler = [&](const httplib::Response& response) {
    answering.emplace(interrupts, [&client] { client.stop(); });
    handlers.on_head(ToHead(response));
    return true;
  };
  request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    handlers.on_data({data, size});
    return !interrupts.triggered();
  };
  httplib::Response response;
  auto error = httplib::Error::Success;
  if (client.send(request, response, error)) return {};
  return Fail(Unreached(url.origin, error));
}

}  // namespace llmgw::admin_cli
