#include "dataplane/forward/head_writer.h"

#include <array>
#include <charconv>

#include "dataplane/model/subprotocol_key.h"

namespace llmgw::forward {
namespace {

using net::http1::ConnectionTokens;
using net::http1::HeaderId;
using net::http1::HeaderView;

void AppendNumber(std::string& out, uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void AppendHeader(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

model::CredentialHeader CredentialHeaderOf(HeaderId id) {
  if (id == HeaderId::kAuthorization) return model::CredentialHeader::kAuthorization;
  if (id == HeaderId::kXApiKey) return model::CredentialHeader::kXApiKey;
  if (id == HeaderId::kApiKey) return model::CredentialHeader::kApiKey;
  return model::CredentialHeader::kNone;
}

// The value of the header that proved who the caller is; empty on an open route.
std::string_view CallersCredential(const ForwardRequest& request) {
  for (const HeaderView& header : request.exchange.head().headers) {
    const model::CredentialHeader kind = CredentialHeaderOf(header.id);
    if (kind != model::CredentialHeader::kNone && kind == request.caller.credential_header())
      return header.value;
  }
  return {};
}

bool IsSubprotocols(const HeaderView& header) {
  return header.id == HeaderId::kSecWebsocket &&
         net::http1::EqualsIgnoreCase(header.name, "sec-websocket-protocol");
}

// `value`, with or without a scheme, is the key that came as a subprotocol.
bool IsSubprotocolKey(const ForwardRequest& request, std::string_view value) {
  for (const HeaderView& header : request.exchange.head().headers) {
    if (!IsSubprotocols(header)) continue;
    std::string_view list = header.value;
    for (std::string_view offered = model::TakeSubprotocol(list); !offered.empty();
         offered = model::TakeSubprotocol(list)) {
      const std::string_view key = model::KeyInSubprotocol(offered);
      if (!key.empty() && (key.ends_with(value) || value.ends_with(key))) return true;
    }
  }
  return false;
}

bool KeepsCredential(const HeaderView& header, const ForwardRequest& request,
                     const settings::UpstreamSettings& upstream) {
  if (upstream.credential_mode != settings::CredentialMode::kPassthrough) return false;
  if (request.caller.credential_header() == model::CredentialHeader::kNone) return true;
  if (CredentialHeaderOf(header.id) == request.caller.credential_header()) return false;
  if (request.caller.credential_header() == model::CredentialHeader::kSubprotocol)
    return !IsSubprotocolKey(request, header.value);
  // The key may stand in a second header too, with or without its scheme.
  const std::string_view key = CallersCredential(request);
  return !key.ends_with(header.value) && !header.value.ends_with(key);
}

bool KeepsSubprotocolKey(std::string_view key, const ForwardRequest& request,
                         const settings::UpstreamSettings& upstream) {
  if (upstream.credential_mode != settings::CredentialMode::kPassthrough) return false;
  switch (request.caller.credential_header()) {
    case model::CredentialHeader::kNone:
      return true;
    case model::CredentialHeader::kSubprotocol:
      return false;
    case model::CredentialHeader::kAuthorization:
    case model::CredentialHeader::kXApiKey:
    case model::CredentialHeader::kApiKey:
      return !CallersCredential(request).ends_with(key);
  }
  return false;
}

// As it came, but for the keys in it that do not leave.
void AppendSubprotocols(std::string& out, const HeaderView& header, const ForwardRequest& request,
                        const settings::UpstreamSettings& upstream) {
  std::string kept;
  bool all = true;
  std::string_view list = header.value;
  for (std::string_view offered = model::TakeSubprotocol(list); !offered.empty();
       offered = model::TakeSubprotocol(list)) {
    const std::string_view key = model::KeyInSubprotocol(offered);
    if (!key.empty() && !KeepsSubprotocolKey(key, request, upstream)) {
      all = false;
      continue;
    }
    if (!kept.empty()) kept += ", ";
    kept += offered;
  }
  if (all) return AppendHeader(out, header.name, header.value);
  if (!kept.empty()) AppendHeader(out, header.name, kept);
}

// What is asked for, or granted, on the next hop is what was on this one.
void AppendUpgrade(std::string& out, const std::vector<HeaderView>& headers) {
  for (const HeaderView& header : headers) {
    if (header.id == HeaderId::kUpgrade) AppendHeader(out, "upgrade", header.value);
  }
  out += "connection: upgrade\r\n";
}

bool LeavesForUpstream(const HeaderView& header, const ForwardRequest& request,
                       const settings::UpstreamSettings& upstream) {
  switch (header.id) {
    case HeaderId::kHost:
    case HeaderId::kContentLength:
    case HeaderId::kExpect:
    case HeaderId::kCookie:
    case HeaderId::kAcceptEncoding:
      return false;
    case HeaderId::kAuthorization:
    case HeaderId::kXApiKey:
    case HeaderId::kApiKey:
      return KeepsCredential(header, request, upstream);
    case HeaderId::kContentType:
    case HeaderId::kAccept:
      return true;
    case HeaderId::kSecWebsocket:
      return upstream.headers == settings::HeaderPolicy::kAll || request.facts.upgrade;
    default:
      return upstream.headers == settings::HeaderPolicy::kAll && !net::http1::IsHopByHop(header.id);
  }
}

}  // namespace

void WriteUpstreamHead(std::string& out, const ForwardRequest& request,
                       const settings::UpstreamSettings& upstream, std::string_view target,
                       std::string_view own_headers, RequestFraming framing) {
  const net::http1::RequestHead& head = request.exchange.head();
  out += head.method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
  AppendHeader(out, "host", upstream.endpoint.authority);
  const ConnectionTokens connection(head.headers);
  for (const HeaderView& header : head.headers) {
    if (!LeavesForUpstream(header, request, upstream) || connection.Names(header)) continue;
    if (IsSubprotocols(header)) {
      AppendSubprotocols(out, header, request, upstream);
    } else {
      AppendHeader(out, header.name, header.value);
    }
  }
  if (request.facts.upgrade) AppendUpgrade(out, head.headers);
  out += own_headers;
  if (!framing.has_body) {
    // RFC 9110 8.6: a method that anticipates content says when there is none.
    if (head.method == "POST" || head.method == "PUT" || head.method == "PATCH")
      out += "content-length: 0\r\n";
  } else if (framing.length) {
    out += "content-length: ";
    AppendNumber(out, *framing.length);
    out += "\r\n";
  } else {
    out += "transfer-encoding: chunked\r\n";
  }
  out += "\r\n";
}

void WriteClientHead(std::string& out, const ForwardRequest& request,
                     const net::http1::ResponseHead& head, ResponseFraming framing) {
  WriteClientHead(out, request, head, framing, request.extra_headers);
}

void WriteClientHead(std::string& out, const ForwardRequest& request,
                     const net::http1::ResponseHead& head, ResponseFraming framing,
                     std::string_view extra_headers) {
  const net::http1::ServerExchange& exchange = request.exchange;
  out += "HTTP/1.1 ";
  AppendNumber(out, static_cast<uint64_t>(head.status));
  out += ' ';
  out += head.reason;
  out += "\r\n";
  const ConnectionTokens connection(head.headers);
  for (const HeaderView& header : head.headers) {
    if (net::http1::IsHopByHop(header.id) || header.id == HeaderId::kContentLength) continue;
    if (header.id == HeaderId::kAccessControl && request.replace_cors) continue;
    if (connection.Names(header)) continue;
    // Another gateway of this kind behind us; ours is in extra_headers.
    if (net::http1::EqualsIgnoreCase(header.name, "x-llmgw-request-id")) continue;
    AppendHeader(out, header.name, header.value);
  }
  out += extra_headers;
  switch (framing) {
    case ResponseFraming::kLength:
      out += "content-length: ";
      AppendNumber(out, head.content_length);
      out += "\r\n";
      break;
    case ResponseFraming::kChunked:
      out += "transfer-encoding: chunked\r\n";
      break;
    case ResponseFraming::kNone:
      // HEAD and 304 tell the length of what they do not carry.
      if (head.Find(HeaderId::kContentLength) != nullptr && head.status != 204) {
        out += "content-length: ";
        AppendNumber(out, head.content_length);
        out += "\r\n";
      }
      break;
    case ResponseFraming::kUntilClose:
      break;
    case ResponseFraming::kSwitched:
      AppendUpgrade(out, head.headers);
      out += "\r\n";
      return;
  }
  if (!exchange.keep_alive()) {
    out += "connection: close\r\n";
  } else if (exchange.http10()) {
    out += "connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace llmgw::forward
