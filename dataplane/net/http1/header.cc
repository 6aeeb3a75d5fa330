#include "dataplane/net/http1/header.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace llmgw::net::http1 {
namespace {

struct KnownHeader {
  std::string_view name;  // lower case
  HeaderId id = HeaderId::kOther;
};

constexpr KnownHeader kKnownHeaders[] = {
    {"host", HeaderId::kHost},
    {"connection", HeaderId::kConnection},
    {"content-length", HeaderId::kContentLength},
    {"transfer-encoding", HeaderId::kTransferEncoding},
    {"expect", HeaderId::kExpect},
    {"upgrade", HeaderId::kUpgrade},
    {"authorization", HeaderId::kAuthorization},
    {"proxy-authorization", HeaderId::kProxyAuthorization},
    {"proxy-authenticate", HeaderId::kProxyAuthenticate},
    {"proxy-connection", HeaderId::kProxyConnection},
    {"keep-alive", HeaderId::kKeepAlive},
    {"te", HeaderId::kTe},
    {"trailer", HeaderId::kTrailer},
    {"x-api-key", HeaderId::kXApiKey},
    {"anthropic-version", HeaderId::kAnthropicVersion},
    {"api-key", HeaderId::kApiKey},
    {"cookie", HeaderId::kCookie},
    {"set-cookie", HeaderId::kSetCookie},
    {"content-type", HeaderId::kContentType},
    {"content-encoding", HeaderId::kContentEncoding},
    {"accept-encoding", HeaderId::kAcceptEncoding},
    {"accept", HeaderId::kAccept},
    {"user-agent", HeaderId::kUserAgent},
    {"origin", HeaderId::kOrigin},
    {"vary", HeaderId::kVary},
    {"x-forwarded-for", HeaderId::kXForwardedFor},
    {"x-forwarded-host", HeaderId::kXForwardedHost},
    {"x-forwarded-proto", HeaderId::kXForwardedProto},
    {"x-real-ip", HeaderId::kXRealIp},
    {"forwarded", HeaderId::kForwarded},
    {"via", HeaderId::kVia},
    {"x-request-id", HeaderId::kXRequestId},
    {"date", HeaderId::kDate},
    {"server", HeaderId::kServer},
    {"retry-after", HeaderId::kRetryAfter},
    {"range", HeaderId::kRange},
    {"traceparent", HeaderId::kTraceparent},
};
constexpr std::string_view kAccessControlPrefix = "access-control-";
constexpr std::string_view kSecWebsocketPrefix = "sec-websocket-";

// A perfect hash: the compiler searches for a seed under which no two known names share a slot, so
// that a lookup is one slot and one comparison.
constexpr size_t kSlots = 128;

constexpr size_t SlotOf(std::string_view name, uint32_t seed) {
  const uint32_t first = static_cast<uint8_t>(name.front()) | 0x20u;
  const uint32_t middle = static_cast<uint8_t>(name[name.size() / 2]) | 0x20u;
  const uint32_t last = static_cast<uint8_t>(name.back()) | 0x20u;
  const uint32_t mixed =
      (first | middle << 8 | last << 16 | static_cast<uint32_t>(name.size()) << 24) * seed;
  return mixed >> 25;
}

constexpr bool IsPerfect(uint32_t seed) {
  bool used[kSlots] = {};
  for (const KnownHeader& header : kKnownHeaders) {
    const size_t slot = SlotOf(header.name, seed);
    if (used[slot]) return false;
    used[slot] = true;
  }
  return true;
}

constexpr uint32_t FindSeed() {
  uint32_t seed = 0x9e3779b1u;
  while (!IsPerfect(seed)) seed += 0x3c6ef372u;
  return seed;
}

constexpr uint32_t kSeed = FindSeed();

constexpr std::array<KnownHeader, kSlots> MakeSlots() {
  std::array<KnownHeader, kSlots> slots{};
  for (const KnownHeader& header : kKnownHeaders) slots[SlotOf(header.name, kSeed)] = header;
  return slots;
}

constexpr std::array<KnownHeader, kSlots> kHeaderSlots = MakeSlots();

uint64_t Load8(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Compares token characters only: for those, setting bit 5 maps upper to lower case and nothing
// else onto a letter, a digit or '-'.
bool EqualsLowerToken(const char* name, const char* lower, size_t size) {
  constexpr uint64_t kCase = 0x2020202020202020u;
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) {
      if ((name[i] | 0x20) != lower[i]) return false;
    }
    return true;
  }
  for (size_t i = 0; i + 8 <= size; i += 8) {
    if ((Load8(name + i) | kCase) != Load8(lower + i)) return false;
  }
  return (Load8(name + size - 8) | kCase) == Load8(lower + size - 8);
}

bool StartsWithLowerToken(std::string_view name, std::string_view lower) {
  return name.size() > lower.size() && EqualsLowerToken(name.data(), lower.data(), lower.size());
}

constexpr char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Calls visit(option) for each option of a Connection value; stops when it returns true.
template <class Visit>
bool AnyOption(std::string_view list, Visit&& visit) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view option = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    const size_t begin = option.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    option = option.substr(begin, option.find_last_not_of(" \t") - begin + 1);
    if (visit(option)) return true;
  }
  return false;
}

}  // namespace

HeaderId IdOfHeader(std::string_view name) {
  if (name.empty()) return HeaderId::kOther;
  const KnownHeader& slot = kHeaderSlots[SlotOf(name, kSeed)];
  if (slot.name.size() == name.size() &&
      EqualsLowerToken(name.data(), slot.name.data(), name.size())) {
    return slot.id;
  }
  if (name.size() <= kSecWebsocketPrefix.size()) return HeaderId::kOther;
  if (StartsWithLowerToken(name, kAccessControlPrefix)) return HeaderId::kAccessControl;
  if (StartsWithLowerToken(name, kSecWebsocketPrefix)) return HeaderId::kSecWebsocket;
  return HeaderId::kOther;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ToLower(x) == ToLower(y);
         });
}

bool IsHopByHop(HeaderId id) {
  constexpr uint64_t kSet = 1ull << static_cast<int>(HeaderId::kConnection) |
                            1ull << static_cast<int>(HeaderId::kKeepAlive) |
                            1ull << static_cast<int>(HeaderId::kProxyConnection) |
                            1ull << static_cast<int>(HeaderId::kProxyAuthenticate) |
                            1ull << static_cast<int>(HeaderId::kProxyAuthorization) |
                            1ull << static_cast<int>(HeaderId::kTe) |
                            1ull << static_cast<int>(HeaderId::kTrailer) |
                            1ull << static_cast<int>(HeaderId::kTransferEncoding) |
                            1ull << static_cast<int>(HeaderId::kUpgrade);
  return (kSet >> static_cast<int>(id) & 1) != 0;
}

ConnectionTokens::ConnectionTokens(const std::vector<HeaderView>& headers) : headers_(headers) {
  for (const HeaderView& header : headers) {
    if (header.id != HeaderId::kConnection) continue;
    AnyOption(header.value, [this](std::string_view option) {
      if (EqualsIgnoreCase(option, "keep-alive")) {
        keep_alive_ = true;
      } else if (EqualsIgnoreCase(option, "close")) {
        close_ = true;
      } else if (EqualsIgnoreCase(option, "upgrade")) {
        upgrade_ = true;
      } else {
        names_others_ = true;
      }
      return false;
    });
  }
}

bool ConnectionTokens::Names(const HeaderView& header) const {
  switch (header.id) {
    case HeaderId::kHost:
    case HeaderId::kContentLength:
    case HeaderId::kTransferEncoding:
      return false;
    case HeaderId::kKeepAlive:
      return keep_alive_;
    case HeaderId::kUpgrade:
      return upgrade_;
    default:
      break;
  }
  if (!names_others_) return false;
  return std::any_of(headers_.begin(), headers_.end(), [&header](const HeaderView& candidate) {
    return candidate.id == HeaderId::kConnection &&
           AnyOption(candidate.value, [&header](std::string_view option) {
             return EqualsIgnoreCase(option, header.name);
           });
  });
}

}  // namespace llmgw::net::http1
