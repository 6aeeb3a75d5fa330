#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmgw::net::http1 {

// Field names the gateway treats specially; everything else is kOther. Looked up once per header
// while parsing, so that later stages compare an integer. The two prefix families cover every name
// that starts so.
enum class HeaderId : uint8_t {
  kOther,
  kHost,
  kConnection,
  kContentLength,
  kTransferEncoding,
  kExpect,
  kUpgrade,
  kAuthorization,
  kProxyAuthorization,
  kProxyAuthenticate,
  kProxyConnection,
  kKeepAlive,
  kTe,
  kTrailer,
  kXApiKey,
  kAnthropicVersion,
  kApiKey,
  kCookie,
  kSetCookie,
  kContentType,
  kContentEncoding,
  kAcceptEncoding,
  kAccept,
  kUserAgent,
  kOrigin,
  kVary,
  kXForwardedFor,
  kXForwardedHost,
  kXForwardedProto,
  kXRealIp,
  kForwarded,
  kVia,
  kXRequestId,
  kDate,
  kServer,
  kRetryAfter,
  kRange,
  kTraceparent,
  kAccessControl,  // any Access-Control-*
  kSecWebsocket,   // any Sec-WebSocket-*
};

// One header line. `value` has no surrounding whitespace. Views into the parsed bytes.
struct HeaderView {
  std::string_view name;
  std::string_view value;
  HeaderId id = HeaderId::kOther;
};

// Case-insensitive lookup of a field name. REQUIRES: `name` is a token (every HeaderView name is).
HeaderId IdOfHeader(std::string_view name);

// Headers that belong to one connection and are never forwarded (RFC 9110 7.6.1, plus the de-facto
// Proxy-Connection and Keep-Alive): Connection, Keep-Alive, Proxy-Connection, Proxy-Authenticate,
// Proxy-Authorization, TE, Trailer, Transfer-Encoding, Upgrade.
bool IsHopByHop(HeaderId id);

// The options listed by all Connection headers of a head. Keeps a reference to `headers`; build it
// where it is used.
class ConnectionTokens {
 public:
  explicit ConnectionTokens(const std::vector<HeaderView>& headers);

  bool close() const { return close_; }
  bool keep_alive() const { return keep_alive_; }
  bool upgrade() const { return upgrade_; }

  // True when Connection names this header, which therefore must not be forwarded. Host and the
  // framing headers cannot be named away: a peer that could make a forwarder drop them could make
  // two hops disagree about the message.
  bool Names(const HeaderView& header) const;

 private:
  const std::vector<HeaderView>& headers_;
  bool close_ = false;
  bool keep_alive_ = false;
  bool upgrade_ = false;
  bool names_others_ = false;
};

// True when the two are the same ASCII text without regard to case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

}  // namespace llmgw::net::http1
