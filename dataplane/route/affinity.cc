#include "dataplane/route/affinity.h"

#include "dataplane/route/stable_hash.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

uint64_t AffinityOf(settings::StickyOn on, const model::Caller& caller,
                    const model::RequestFacts& facts, std::string_view client,
                    std::string_view beginning) {
  switch (on) {
    case settings::StickyOn::kKey:
      break;
    case settings::StickyOn::kUser:
      if (!facts.user.empty()) return StableHash(facts.user);
      break;
    case settings::StickyOn::kPrompt:
      if (!beginning.empty()) return StableHash(beginning.substr(0, kPromptBytes));
      break;
  }
  return StableHash(caller.key() != nullptr ? caller.key()->id : client);
}

}  // namespace llmgw::route
