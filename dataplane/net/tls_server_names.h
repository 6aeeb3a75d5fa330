#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace llmgw::net {

// Which certificate serves which name (SNI, RFC 6066 3). Names compare without case;
// "*.example.com" stands for exactly one label in its place (RFC 6125 6.4.3); a name itself wins
// over a wildcard.
class TlsServerNames {
 public:
  // `name`: a dNSName of a certificate. False: the name has a certificate already, which keeps it.
  bool Add(std::string_view name, size_t certificate);

  // Of a name that a client asks for; nothing when no certificate has it.
  std::optional<size_t> Find(std::string_view server_name) const;

 private:
  std::unordered_map<std::string, size_t> exact_;
  std::unordered_map<std::string, size_t> wildcard_;  // by what follows "*"
};

}  // namespace llmgw::net
