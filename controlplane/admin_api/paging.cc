#include "controlplane/admin_api/paging.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr size_t kDefaultPage = 100;
constexpr size_t kLargestPage = 1000;

}  // namespace

size_t PageSize(const admin::v1::Page& page) {
  if (page.page_size() == 0) return kDefaultPage;
  return std::min<size_t>(page.page_size(), kLargestPage);
}

}  // namespace llmgw::controlplane::admin_api
