#include "dataplane/forward/check_head.h"

namespace llmgw::forward {
namespace {

using settings::UpstreamKind;

void AppendCredential(std::string& out, UpstreamKind kind, const SecretString& secret) {
  switch (kind) {
    case UpstreamKind::kOpenai:
      out += "authorization: Bearer ";
      break;
    case UpstreamKind::kMock:  // answers by itself: it is not checked
      return;
  }
  out += secret.Reveal();
  out += "\r\n";
}

}  // namespace

std::string CheckHead(const settings::UpstreamSettings& upstream) {
  std::string head = "GET " + upstream.health.check_path +
                     " HTTP/1.1\r\nhost: " + upstream.endpoint.authority +
                     "\r\nuser-agent: llmgw-health-check\r\naccept: */*\r\n";
  if (upstream.credential_mode == settings::CredentialMode::kStored &&
      !upstream.credentials.empty())
    AppendCredential(head, upstream.kind, upstream.credentials[0].secret);
  return head + "connection: close\r\n\r\n";
}

}  // namespace llmgw::forward
