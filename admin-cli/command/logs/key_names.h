#pragma once

#include <map>
#include <string>

namespace llmgw::admin_cli {

class AdminClient;

namespace logs {

// Names of the keys that logs know by id only. Asks once per key and remembers; a key that is gone,
// or that can't be asked for, keeps its id. One thread.
class KeyNames {
 public:
  explicit KeyNames(AdminClient& client) : client_(client) {}

  // The name, or the id when there is none. Empty for an empty id.
  const std::string& Of(const std::string& id);

 private:
  std::string Ask(const std::string& id);

  AdminClient& client_;
  std::map<std::string, std::string> known_;
  // After one failure other than "no such key" nothing more is asked: names are not worth a wait
  // each.
  bool silent_ = false;
};

}  // namespace logs
}  // namespace llmgw::admin_cli
