#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmgw::text {

// The candidate that `name` was most likely meant to be (Damerau-Levenshtein distance, at most a
// third of its length), or empty.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

// " (did you mean 'x'?)", or empty when nothing is near. For the end of an error message.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace llmgw::text
