#include "dataplane/net/tls_server_names.h"

namespace llmgw::net {
namespace {

// Lower case, without the dot that an absolute name may end with.
std::string Canonical(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

bool TlsServerNames::Add(std::string_view name, size_t certificate) {
  const std::string canonical = Canonical(name);
  if (canonical.starts_with("*.")) {
    return wildcard_.emplace(canonical.substr(1), certificate).second;
  }
  return exact_.emplace(canonical, certificate).second;
}

std::optional<size_t> TlsServerNames::Find(std::string_view server_name) const {
  const std::string name = Canonical(server_name);
  if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
  const size_t dot = name.find('.');
  if (dot == 0 || dot == std::string::npos) return std::nullopt;
  const auto found = wildcard_.find(name.substr(dot));
  if (found == wildcard_.end()) return std::nullopt;
  return found->second;
}

}  // namespace llmgw::net
