#include "dataplane/forward/check_head.h"

#include "dataplane/forward/dialer.h"

namespace llmgw::forward {
namespace {

using settings::UpstreamKind;
using settings::UpstreamSettings;

// The name of the header that carries the credential, and what stands before it.
const char* CredentialField(const UpstreamSettings& upstream) {
  switch (upstream.kind) {
    case UpstreamKind::kOpenai:
    case UpstreamKind::kReplicate:
      break;
    case UpstreamKind::kAzureOpenai:
      if (!upstream.azure_openai.bearer) return "api-key: ";
      break;
    case UpstreamKind::kAnthropic:
      return "x-api-key: ";
    case UpstreamKind::kMock:  // answers by itself: it is not checked
      break;
  }
  return "authorization: Bearer ";
}

}  // namespace

std::string CheckHead(const UpstreamSettings& upstream) {
  std::string target = upstream.health.check_path;
  std::string headers = "host: " + upstream.endpoint.authority +
                        "\r\nuser-agent: llmgw-health-check\r\naccept: */*\r\n";
  if (upstream.kind == UpstreamKind::kAnthropic)
    headers += "anthropic-version: " + upstream.anthropic.version + "\r\n";
  if (upstream.credential_mode == settings::CredentialMode::kStored &&
      !upstream.credentials.empty()) {
    headers += CredentialField(upstream);
    headers += upstream.credentials[0].secret.Reveal();
    headers += "\r\n";
  }
  if (IsForwardedByProxy(upstream)) AddressToProxy(upstream, target, headers);
  return "GET " + target + " HTTP/1.1\r\n" + headers + "connection: close\r\n\r\n";
}

}  // namespace llmgw::forward
