#include "dataplane/settings/access_settings.h"

#include <algorithm>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::settings {

bool Serves(const Credential& credential, const KeySettings* key) {
  if (credential.levels.empty()) return true;
  if (key == nullptr || key->levels == nullptr) return false;
  const std::vector<std::string_view>& names = key->levels->names;
  return std::any_of(credential.levels.begin(), credential.levels.end(),
                     [&names](std::string_view level) {
                       return std::binary_search(names.begin(), names.end(), level);
                     });
}

bool Serves(const UpstreamSettings& upstream, const KeySettings* key) {
  if (!upstream.levels_matter) return true;
  return std::any_of(upstream.credentials.begin(), upstream.credentials.end(),
                     [key](const Credential& credential) { return Serves(credential, key); });
}

}  // namespace llmgw::settings
