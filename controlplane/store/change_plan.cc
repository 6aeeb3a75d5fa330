#include "controlplane/store/change_plan.h"

#include <utility>

#include "common/text/clean_text.h"
#include "controlplane/store/resource_row.h"
#include "controlplane/store/time_micros.h"

namespace llmgw::controlplane::store {

Result<ChangePlan> PlanChange(const ConfigState& current, Change change, WallTime now) {
  // As it will be read back, so that the state after a change equals the state after a restart.
  now = FromMicros(ToMicros(now));
  const std::shared_ptr<const StoredResource> before =
      current.Find(change.id.first, change.id.second);
  if (!change.body && before == nullptr) {
    return Fail(NotFound(change.id.first + " '" + change.id.second + "' does not exist"));
  }
  ChangePlan plan;
  plan.id = std::move(change.id);
  plan.audit = {.revision = current.revision + 1,
                .time = now,
                .actor = text::CleanText(change.actor),
                .action = std::move(change.action),
                .kind = plan.id.first,
                .name = plan.id.second,
                .before_json = before == nullptr ? "" : AuditJson(before->resource),
                .after_json = ""};
  if (!change.body) return plan;

  if (plan.id.second.empty() || IdOf(*change.body) != plan.id) {
    return Fail(Internal("a change of " + plan.id.first + " '" + plan.id.second +
                         "' has the body of another resource"));
  }
  auto next = std::make_shared<StoredResource>();
  next->resource = std::move(*change.body);
  RemoveSecrets(&next->resource);
  next->resource.set_revision(plan.audit.revision);
  next->resource.set_created_revision(before == nullptr ? plan.audit.revision
                                                        : before->resource.created_revision());
  next->secrets = std::move(change.secrets);
  next->created_at = before == nullptr ? now : before->created_at;
  next->updated_at = now;
  plan.body_json = BodyJson(next->resource);
  plan.audit.after_json = AuditJson(next->resource);
  plan.next = std::move(next);
  return plan;
}

std::shared_ptr<const ConfigState> Apply(const ConfigState& current, const ChangePlan& plan) {
  auto state = std::make_shared<ConfigState>(current);
  state->revision = plan.audit.revision;
  if (plan.next == nullptr) {
    state->resources.erase(plan.id);
  } else {
    state->resources[plan.id] = plan.next;
  }
  return state;
}

}  // namespace llmgw::controlplane::store
