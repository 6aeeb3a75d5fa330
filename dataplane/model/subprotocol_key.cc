#include "dataplane/model/subprotocol_key.h"

#include <algorithm>

namespace llmgw::model {
namespace {

constexpr std::string_view kPrefix = "openai-insecure-api-key.";
constexpr std::string_view kBetween = ", \t";

}  // namespace

std::string_view TakeSubprotocol(std::string_view& list) {
  list.remove_prefix(std::min(list.find_first_not_of(kBetween), list.size()));
  const std::string_view taken = list.substr(0, list.find(','));
  list.remove_prefix(taken.size());
  return taken.substr(0, taken.find_last_not_of(" \t") + 1);
}

std::string_view KeyInSubprotocol(std::string_view subprotocol) {
  // Subprotocols are case-sensitive; a key that is spelled otherwise must not leave all the same.
  const bool carries =
      subprotocol.size() > kPrefix.size() &&
      std::equal(kPrefix.begin(), kPrefix.end(), subprotocol.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
      });
  return carries ? subprotocol.substr(kPrefix.size()) : std::string_view();
}

}  // namespace llmgw::model
