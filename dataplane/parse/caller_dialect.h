#pragma once

#include <string_view>

#include "dataplane/model/dialect.h"
#include "dataplane/net/http1/head.h"

namespace llmgw::parse {

// The protocol that the caller of this request speaks. `path` is the target's, without query.
model::Dialect CallerDialect(const net::http1::RequestHead& head, std::string_view path);

// The same, of a head whose target was not looked at yet.
model::Dialect CallerDialect(const net::http1::RequestHead& head);

}  // namespace llmgw::parse
