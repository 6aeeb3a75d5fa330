#include "controlplane/store/log_batch.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace llmgw::controlplane::store {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;

bool IsRequestId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<std::vector<const usage::v1::RequestRecord*>> DistinctRecords(
    const std::vector<usage::v1::RequestRecord>& records) {
  std::vector<const usage::v1::RequestRecord*> distinct;
  std::unordered_set<std::string_view> seen;
  distinct.reserve(records.size());
  seen.reserve(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    if (!IsRequestId(records[i].request_id())) {
      return Fail(InvalidArgument("records[" + std::to_string(i) + "].request_id",
                                  "must be 1 to 128 visible ASCII characters"));
    }
    if (seen.insert(records[i].request_id()).second) distinct.push_back(&records[i]);
  }
  return distinct;
}

std::vector<const usage::v1::Attempt*> DistinctAttempts(const usage::v1::RequestRecord& record) {
  std::vector<const usage::v1::Attempt*> distinct;
  for (const auto& attempt : record.attempts()) {
    // A handful at most: a scan is the cheapest set.
    const bool known = std::any_of(distinct.begin(), distinct.end(), [&](const auto* other) {
      return other->number() == attempt.number();
    });
    if (!known) distinct.push_back(&attempt);
  }
  return distinct;
}

}  // namespace llmgw::controlplane::store
