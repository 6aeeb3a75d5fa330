#include "admin-cli/import/naming.h"

#include <algorithm>

#include "common/config/endpoint.h"

namespace llmgw::admin_cli::migrate {
namespace {

constexpr size_t kLongest = 55;  // leaves room for "-1234567" within 63

}  // namespace

std::string Names::Take(std::string_view wish) {
  std::string base;
  for (char c : wish) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool fits = alphanumeric || c == '.' || c == '_' || c == '-';
    if (base.empty() && !alphanumeric) continue;
    base += fits ? c : '-';
  }
  while (!base.empty() && base.back() == '-') base.pop_back();
  base.resize(std::min(base.size(), kLongest));
  if (base.empty()) base = "imported";
  std::string name = base;
  for (int n = 2; !taken_.insert(name).second; ++n) name = base + "-" + std::to_string(n);
  return name;
}

std::string HostOf(const std::string& url) {
  const auto endpoint = config::ParseEndpoint(url);
  return endpoint ? endpoint->host : std::string();
}

}  // namespace llmgw::admin_cli::migrate
