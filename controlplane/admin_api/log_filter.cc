#include "controlplane/admin_api/log_filter.h"

#include "common/rpc/timestamp.h"
#include "controlplane/admin_api/resource_lookup.h"

namespace llmgw::controlplane::admin_api {

Result<store::LogQuery> ToQuery(const admin::v1::LogFilter& filter,
                                const store::ConfigState& state) {
  store::LogQuery query;
  if (filter.has_since()) query.since = rpc::ToWallTime(filter.since());
  if (filter.has_until()) query.until = rpc::ToWallTime(filter.until());
  if (query.since && query.until && *query.since >= *query.until) {
    return Fail(InvalidArgument("filter.until", "must be after filter.since"));
  }
  if (filter.status_max() != 0 && filter.status_max() < filter.status_min()) {
    return Fail(InvalidArgument("filter.status_max", "must not be below filter.status_min"));
  }
  if (!filter.key().empty()) {
    auto key = FindKey(state, filter.key());
    query.key_id = key ? (*key)->resource.client_key().id() : filter.key();
  }
  query.model = filter.model();
  query.upstream = filter.upstream();
  query.route = filter.route();
  query.reason = filter.reason();
  query.fault = filter.fault();
  query.status_min = filter.status_min();
  query.status_max = filter.status_max();
  return query;
}

}  // namespace llmgw::controlplane::admin_api
