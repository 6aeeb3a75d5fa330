#pragma once

#include <cstddef>
#include <span>

#include "dataplane/model/dialect.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// Of upstreams that could take a request, those that speak its caller's protocol natively, in the
// same order at the front; all, where none does (many servers speak more than their own). Returns
// how many. So one route can have upstreams of both: a client of either gets to its own.
size_t KeepNative(std::span<const settings::UpstreamSettings*> upstreams, model::Dialect dialect);

}  // namespace llmgw::route
