#pragma once

#include <string_view>

#include "dataplane/parse/body_peek.h"

namespace llmgw::parse {

// Reads `model` out of a query ("?model=gpt-realtime&…", with or without its '?'), as servers read
// forms: percent-encoding and '+' are resolved in names and values (WHATWG URL 5.1). Gives
// kComplete (also when there is none), or the reason to refuse a query that servers read in
// different ways:
//   kDuplicateModel  given twice; under a name that only differs in case, or is an array's
//                    ("model[]"); in a parameter that has a ';', which some take for a '&'
//   kModelInvalid    over 1024 bytes, a broken escape, control characters or not UTF-8
PeekStatus PeekQuery(std::string_view query, BodyFacts& out);

}  // namespace llmgw::parse
