#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/model/caller.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// Whether a request of this key (null: of an open route) for `model` may go to this upstream: all
// rules about keys, upstreams and models come together here.
bool MayAsk(const settings::KeySettings* key, const settings::UpstreamSettings& upstream,
            std::string_view model);

// The models of a route that its caller may ask for, sorted: those that an allow list or a model
// map of the route's upstreams, or the caller's own allow list, names. A pattern names nothing that
// could be listed. An upstream without either list serves whatever it has, which nobody here knows.
std::vector<std::string> UsableModels(const model::MatchedRoute& matched,
                                      const model::Caller& caller);

// `model` is one of them, or one that a pattern of those lists stands for.
bool IsUsableModel(const model::MatchedRoute& matched, const model::Caller& caller,
                   std::string_view model);

}  // namespace llmgw::route
