#include "admin-cli/command/upstream/credential_levels.h"

#include <algorithm>
#include <map>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::upstream {

CLI::Option* AddCredentialLevelFlag(CLI::App* command, std::vector<std::string>& values) {
  return AddList(command, "--credential-level", values,
                 "This key is only for client keys with this level: ID=LEVEL. Repeatable; replaces "
                 "the levels of that key, ID= takes them away")
      ->type_name("ID=LEVEL");
}

Status SetCredentialLevels(const std::vector<std::string>& values, config::v1::Upstream& target) {
  std::map<std::string, std::vector<std::string>> levels;
  for (const std::string& value : values) {
    const size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail(InvalidArgument("--credential-level", "write ID=LEVEL, or ID= for none"));
    }
    auto& of_this = levels[value.substr(0, equals)];
    if (equals + 1 < value.size()) of_this.push_back(value.substr(equals + 1));
  }
  for (const auto& [id, names] : levels) {
    auto& credentials = *target.mutable_credentials();
    const auto found =
        std::find_if(credentials.begin(), credentials.end(),
                     [&id](const auto& credential) { return credential.id() == id; });
    if (found == credentials.end()) {
      return Fail(NotFound("upstream " + target.name() + " has no credential '" + id +
                           "' (--credential-level); give it one with --credential " + id +
                           "=env:VAR"));
    }
    found->mutable_levels()->Assign(names.begin(), names.end());
  }
  return {};
}

}  // namespace llmgw::admin_cli::upstream
