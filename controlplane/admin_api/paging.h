#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "llmgw/admin/v1/common.pb.h"

namespace llmgw::controlplane::admin_api {

// How many to answer: Page.page_size within its documented bounds.
size_t PageSize(const admin::v1::Page& page);

// One page of `items` in the order of `key_of(item)` (unique strings): those after page.page_token.
// Returns the next page's token, empty at the end; what is not on the page is dropped from `items`.
template <typename Item, typename KeyOf>
std::string CutPage(const admin::v1::Page& page, std::vector<Item>* items, KeyOf key_of) {
  const std::string& after = page.page_token();
  if (!after.empty()) {
    std::erase_if(*items, [&](const Item& item) { return !(after < key_of(item)); });
  }
  size_t size = PageSize(page);
  bool more = items->size() > size;
  auto end = more ? items->begin() + static_cast<std::ptrdiff_t>(size) : items->end();
  std::partial_sort(items->begin(), end, items->end(),
                    [&](const Item& a, const Item& b) { return key_of(a) < key_of(b); });
  items->erase(end, items->end());
  return more ? std::string(key_of(items->back())) : std::string();
}

}  // namespace llmgw::controlplane::admin_api
