#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/model/caller.h"
#include "dataplane/model/failure.h"

namespace llmgw::pipeline {

// Which model a request asks about whose answer the gateway has itself (`Route.models` "local"):
// GET or HEAD on the route's /models, "", or on /models/NAME, NAME with its escapes resolved.
// Nothing: it is another request, or the route leaves the answer to its upstreams.
std::optional<std::string> AskedAboutModels(const model::MatchedRoute& matched,
                                            std::string_view method, std::string_view path);

// The answer in OpenAI's shape (API reference, Models): the list of what the caller may use, or the
// one model; 404 for one that it may not.
tl::expected<std::string, model::Failure> DescribeModels(const model::MatchedRoute& matched,
                                                         const model::Caller& caller,
                                                         const std::string& asked);

}  // namespace llmgw::pipeline
