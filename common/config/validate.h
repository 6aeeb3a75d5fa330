#pragma once

#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace llmgw::config::v1 {
class Snapshot;
}

namespace llmgw::config {

// The rules a configuration must keep, in one place for the controlplane (before a change is
// committed) and the dataplane (before a snapshot is used), so that the two can't disagree.
//
// Checks a whole candidate: every field by itself, names unique, references resolved, no two routes
// with the same host and prefix, no two keys with the same hash. Returns every fault found, in the
// order of the resources; empty means valid. `Error::field` is a path such as
// "upstreams[openai].timeouts.idle" or "routes[default].upstreams[2]".
std::vector<Error> Validate(const v1::Snapshot& candidate);

// Single rules that a client may want to check early. Empty result: fine; otherwise what is wrong.
std::string_view CheckName(std::string_view name);
std::string_view CheckModelPattern(std::string_view pattern);
// "192.0.2.1", "10.0.0.0/8", "2001:db8::/32".
std::string_view CheckAddressRange(std::string_view text);

}  // namespace llmgw::config
