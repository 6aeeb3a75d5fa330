#include "dataplane/net/http1/upgrade.h"

#include <algorithm>

namespace llmgw::net::http1 {
namespace {

constexpr std::string_view kWebsocket = "websocket";

// Calls visit(protocol) for each member of all Upgrade headers, until it returns true.
template <class Visit>
bool AnyProtocol(const std::vector<HeaderView>& headers, Visit&& visit) {
  for (const HeaderView& header : headers) {
    if (header.id != HeaderId::kUpgrade) continue;
    std::string_view list = header.value;
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      std::string_view protocol = list.substr(0, comma);
      list.remove_prefix(std::min(comma + 1, list.size()));
      const size_t begin = protocol.find_first_not_of(" \t");
      if (begin == std::string_view::npos) continue;
      protocol = protocol.substr(begin, protocol.find_last_not_of(" \t") - begin + 1);
      if (visit(protocol)) return true;
    }
  }
  return false;
}

bool CarriesHttp(std::string_view protocol) {
  const std::string_view name = protocol.substr(0, protocol.find('/'));
  for (const std::string_view carrier : {"h2c", "h2", "h3", "http", "tls"}) {
    if (EqualsIgnoreCase(name, carrier)) return true;
  }
  return false;
}

bool Names(const std::vector<HeaderView>& headers, std::string_view wanted) {
  return AnyProtocol(
      headers, [wanted](std::string_view protocol) { return EqualsIgnoreCase(protocol, wanted); });
}

}  // namespace

bool AsksToSwitch(const RequestHead& head) {
  if (!head.upgrade) return false;
  if (head.framing == BodyFraming::kChunked || head.content_length > 0) return false;
  return AnyProtocol(head.headers, [](std::string_view) { return true; }) &&
         !AnyProtocol(head.headers, CarriesHttp);
}

bool AsksForWebsocket(const RequestHead& head) {
  return AsksToSwitch(head) && Names(head.headers, kWebsocket);
}

bool GrantsSwitch(const RequestHead& asked, const ResponseHead& answer) {
  if (!AsksToSwitch(asked)) return false;
  const auto any = [](std::string_view) { return true; };
  const auto unasked = [&asked](std::string_view protocol) {
    return !Names(asked.headers, protocol);
  };
  return AnyProtocol(answer.headers, any) && !AnyProtocol(answer.headers, unasked);
}

bool SwitchesToWebsocket(const ResponseHead& answer) { return Names(answer.headers, kWebsocket); }

}  // namespace llmgw::net::http1
