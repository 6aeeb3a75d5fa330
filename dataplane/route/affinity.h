#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/model/caller.h"
#include "dataplane/model/request_facts.h"
#include "dataplane/settings/choosing_settings.h"

namespace llmgw::route {

// How much of a body counts as the beginning of its prompt.
inline constexpr size_t kPromptBytes = 1024;

// What requests have in common that are to go to the same upstream, hashed alike everywhere.
// `client` is the client's address, which stands for the key where there is none; `beginning` the
// first bytes of the body, of which kPromptBytes count (without a body the key counts).
uint64_t AffinityOf(settings::StickyOn on, const model::Caller& caller,
                    const model::RequestFacts& facts, std::string_view client,
                    std::string_view beginning);

}  // namespace llmgw::route
