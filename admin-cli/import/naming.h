#pragma once

#include <set>
#include <string>
#include <string_view>

namespace llmgw::admin_cli::migrate {

// Makes names that a resource may have, each once: from the same file always the same ones, which
// is how a second import finds what the first one made.
class Names {
 public:
  // `wish` in the characters of names (a-z, 0-9, '.', '_', '-'), with "-2", "-3", … when it is
  // taken; "imported" for a wish without any.
  std::string Take(std::string_view wish);

 private:
  std::set<std::string> taken_;
};

// The host of a URL, for a name; empty when it has none.
std::string HostOf(const std::string& url);

}  // namespace llmgw::admin_cli::migrate
