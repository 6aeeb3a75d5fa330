#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "common/base/result.h"

namespace llmgw::admin_cli {

inline constexpr uint64_t kEverything = std::numeric_limits<uint64_t>::max();

// Calls `fetch(request)` page by page and hands every entry to `take(entry)`, which returns false
// to end it. `entries(response)` gives the entries of one page. At most `limit` entries are asked
// for.
template <typename Request, typename Fetch, typename Entries, typename Take>
Status ForEachEntry(Request request, uint64_t limit, Fetch fetch, Entries entries, Take take) {
  constexpr uint64_t kMostPerPage = 1000;
  while (limit > 0) {
    request.mutable_page()->set_page_size(static_cast<uint32_t>(std::min(limit, kMostPerPage)));
    TRY_ASSIGN(auto response, fetch(request));
    for (auto& entry : *entries(response)) {
      if (limit == 0 || !take(std::move(entry))) return {};
      --limit;
    }
    if (response.next_page_token().empty()) return {};
    request.mutable_page()->set_page_token(response.next_page_token());
  }
  return {};
}

}  // namespace llmgw::admin_cli
