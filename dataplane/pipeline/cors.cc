#include "dataplane/pipeline/cors.h"

#include <algorithm>

namespace llmgw::pipeline {

void AppendCorsHeaders(std::string& out, const settings::CorsSettings& cors,
                       const net::http1::RequestHead& head) {
  if (!cors.enabled) return;
  if (cors.any_origin) {
    out += "access-control-allow-origin: *\r\naccess-control-expose-headers: *\r\n";
    return;
  }
  const net::http1::HeaderView* origin = head.Find(net::http1::HeaderId::kOrigin);
  // The answer depends on who asks, so caches must not share it.
  out += "vary: origin\r\n";
  if (origin == nullptr ||
      std::find(cors.origins.begin(), cors.origins.end(), origin->value) == cors.origins.end())
    return;
  out += "access-control-allow-origin: ";
  out += origin->value;
  out += "\r\naccess-control-expose-headers: *\r\n";
}

void AppendPreflightHeaders(std::string& out, const settings::CorsSettings& cors,
                            const net::http1::RequestHead& head) {
  AppendCorsHeaders(out, cors, head);
  out +=
      "access-control-allow-methods: GET, POST, PUT, PATCH, DELETE, HEAD, "
      "OPTIONS\r\naccess-control-max-age: 600\r\n";
  const auto requested = std::find_if(
      head.headers.begin(), head.headers.end(), [](const net::http1::HeaderView& header) {
        return header.id == net::http1::HeaderId::kAccessControl &&
               net::http1::EqualsIgnoreCase(header.name, "access-control-request-headers");
      });
  // "*" does not cover Authorization, so what was asked for is granted by name.
  out += "access-control-allow-headers: ";
  out += requested != head.headers.end() ? requested->value
                                         : std::string_view("authorization, content-type");
  out += "\r\n";
}

}  // namespace llmgw::pipeline
