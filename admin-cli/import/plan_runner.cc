#include "admin-cli/import/plan_runner.h"

#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::migrate {
namespace {

Result<uint64_t> CreateLevelOf(AdminClient& client, const config::v1::Level& level) {
  admin::v1::CreateLevelRequest request;
  *request.mutable_level() = level;
  TRY_ASSIGN(const auto entry, client.Call(&admin::v1::LevelService::Stub::CreateLevel, request));
  return entry.meta().revision();
}

Result<uint64_t> CreateUpstreamOf(AdminClient& client, const config::v1::Upstream& upstream) {
  admin::v1::CreateUpstreamRequest request;
  *request.mutable_upstream() = upstream;
  TRY_ASSIGN(const auto entry,
             client.Call(&admin::v1::UpstreamService::Stub::CreateUpstream, request));
  return entry.meta().revision();
}

Result<uint64_t> PutRoute(AdminClient& client, const config::v1::Route& route,
                          const ImportStep& step) {
  if (step.action == StepAction::kChange) {
    admin::v1::UpdateRouteRequest request;
    *request.mutable_route() = route;
    request.set_expected_revision(step.revision);
    TRY_ASSIGN(const auto entry, client.Call(&admin::v1::RouteService::Stub::UpdateRoute, request));
    return entry.meta().revision();
  }
  admin::v1::CreateRouteRequest request;
  *request.mutable_route() = route;
  TRY_ASSIGN(const auto entry, client.Call(&admin::v1::RouteService::Stub::CreateRoute, request));
  return entry.meta().revision();
}

Result<uint64_t> CreateKeyOf(AdminClient& client, const PlannedKey& planned,
                             ImportOutcome& outcome) {
  admin::v1::CreateKeyRequest request;
  *request.mutable_key() = planned.key;
  request.set_token(planned.token.Reveal());
  TRY_ASSIGN(const auto created, client.Call(&admin::v1::KeyService::Stub::CreateKey, request));
  if (!created.token().empty())
    outcome.new_tokens.push_back({planned.key.name(), SecretString(created.token())});
  return created.entry().meta().revision();
}

Result<uint64_t> RunStep(AdminClient& client, const ImportPlan& plan, const ImportStep& step,
                         ImportOutcome& outcome) {
  if (step.kind == "level") return CreateLevelOf(client, plan.levels[step.index]);
  if (step.kind == "upstream") return CreateUpstreamOf(client, plan.upstreams[step.index]);
  if (step.kind == "route") return PutRoute(client, plan.routes[step.index], step);
  return CreateKeyOf(client, plan.keys[step.index], outcome);
}

}  // namespace

ImportOutcome RunImport(AdminClient& client, const ImportPlan& plan,
                        const std::vector<ImportStep>& steps) {
  ImportOutcome outcome;
  for (const ImportStep& step : steps) {
    if (step.action != StepAction::kCreate && step.action != StepAction::kChange) continue;
    const auto revision = RunStep(client, plan, step, outcome);
    if (!revision) {
      outcome.failed = revision.error();
      outcome.failed->message = step.kind + " " + step.name + ": " + outcome.failed->message;
      break;
    }
    outcome.revision = *revision;
    outcome.done.push_back(step.kind + " " + step.name);
  }
  return outcome;
}

}  // namespace llmgw::admin_cli::migrate
