#include "admin-cli/import/plan_steps.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <optional>
#include <set>

#include "admin-cli/client/admin_client.h"
#include "llmgw/admin/v1/key_service.grpc.pb.h"
#include "llmgw/admin/v1/level_service.grpc.pb.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::admin_cli::migrate {
namespace {

using admin::v1::KeyService;
using admin::v1::LevelService;
using admin::v1::RouteService;
using admin::v1::UpstreamService;
using google::protobuf::Message;

// As the controlplane shows them: the hint is the last four of at least 16 characters, a given
// token's prefix its first 12, or the first third.
constexpr size_t kHintLength = 4;
constexpr size_t kShortestWithHint = 16;
constexpr size_t kPrefixLength = 12;

// The names of the fields in which two messages of one type differ.
std::vector<std::string> DifferingFields(const Message& a, const Message& b) {
  std::vector<std::string> names;
  const auto& type = *a.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const std::unique_ptr<Message> copy_a(a.New()), copy_b(b.New());
    const std::unique_ptr<Message> only_a(a.New()), only_b(b.New());
    copy_a->CopyFrom(a);
    copy_b->CopyFrom(b);
    a.GetReflection()->SwapFields(copy_a.get(), only_a.get(), {type.field(i)});
    b.GetReflection()->SwapFields(copy_b.get(), only_b.get(), {type.field(i)});
    if (!google::protobuf::util::MessageDifferencer::Equals(*only_a, *only_b))
      names.push_back(type.field(i)->name());
  }
  return names;
}

// A planned credential as the controlplane would show it.
void Mask(google::protobuf::RepeatedPtrField<config::v1::Credential>* credentials) {
  for (auto& credential : *credentials) {
    const std::string& secret = credential.secret();
    if (secret.size() >= kShortestWithHint)
      credential.set_hint(secret.substr(secret.size() - kHintLength));
    credential.clear_secret();
  }
}

config::v1::Upstream AsShown(config::v1::Upstream upstream) {
  Mask(upstream.mutable_credentials());
  // These have no hint.
  for (auto& secret : *upstream.mutable_outbound()->mutable_secrets()) secret.clear_secret();
  if (upstream.outbound().ByteSizeLong() == 0) upstream.clear_outbound();
  return upstream;
}

// What `get` answers, or nothing when there is no such thing.
template <typename Entry>
Result<std::optional<Entry>> IfThere(Result<Entry> answer) {
  if (answer) return std::optional<Entry>(std::move(*answer));
  if (answer.error().kind == ErrorKind::kNotFound) return std::optional<Entry>();
  return Fail(std::move(answer.error()));
}

void Judge(const Message& planned, const Message& stored, ImportStep& step) {
  step.differs = DifferingFields(planned, stored);
  step.action = step.differs.empty() ? StepAction::kSame : StepAction::kDiffers;
}

bool IsAsNew(const config::v1::Route& route) {
  config::v1::Route first;
  first.set_name("default");
  first.set_prefix("/v1");
  return google::protobuf::util::MessageDifferencer::Equals(route, first);
}

Status CompareLevel(AdminClient& client, const config::v1::Level& level, ImportStep& step) {
  admin::v1::GetLevelRequest get;
  get.set_name(level.name());
  TRY_ASSIGN(const auto entry, IfThere(client.Call(&LevelService::Stub::GetLevel, get)));
  if (entry) Judge(level, entry->level(), step);
  return {};
}

Status CompareUpstream(AdminClient& client, const config::v1::Upstream& upstream,
                       ImportStep& step) {
  admin::v1::GetUpstreamRequest get;
  get.set_name(upstream.name());
  TRY_ASSIGN(const auto entry, IfThere(client.Call(&UpstreamService::Stub::GetUpstream, get)));
  if (entry) Judge(AsShown(upstream), entry->upstream(), step);
  return {};
}

Status CompareRoute(AdminClient& client, const config::v1::Route& route, ImportStep& step) {
  admin::v1::GetRouteRequest get;
  get.set_name(route.name());
  TRY_ASSIGN(const auto entry, IfThere(client.Call(&RouteService::Stub::GetRoute, get)));
  if (!entry) return {};
  Judge(route, entry->route(), step);
  if (step.action == StepAction::kDiffers && IsAsNew(entry->route())) {
    step.action = StepAction::kChange;
    step.revision = entry->meta().revision();
  }
  return {};
}

Status CompareKey(AdminClient& client, const PlannedKey& planned, ImportStep& step) {
  admin::v1::GetKeyRequest get;
  get.set_id_or_name(planned.key.name());
  TRY_ASSIGN(const auto entry, IfThere(client.Call(&KeyService::Stub::GetKey, get)));
  if (!entry) return {};
  config::v1::ClientKey stored = entry->key();
  const std::string& token = planned.token.Reveal();
  const bool other_token =
      !planned.needs_new_token &&
      stored.prefix() != token.substr(0, std::min(kPrefixLength, token.size() / 3));
  stored.clear_id();
  stored.clear_prefix();
  Judge(planned.key, stored, step);
  if (other_token) {
    step.differs.emplace_back("token");
    step.action = StepAction::kDiffers;
  }
  return {};
}

template <typename Items, typename Name, typename Compare>
Status CompareAll(AdminClient& client, const char* kind, const Items& items, Name name,
                  Compare compare, std::vector<ImportStep>& steps) {
  for (size_t i = 0; i < items.size(); ++i) {
    ImportStep step;
    step.kind = kind;
    step.index = i;
    step.name = name(items[i]);
    TRY(compare(client, items[i], step));
    steps.push_back(std::move(step));
  }
  return {};
}

// What a planned resource names, as "level basic".
std::vector<std::string> NamedBy(const ImportPlan& plan, const ImportStep& step) {
  std::vector<std::string> named;
  const auto add = [&named](const char* kind, const auto& names) {
    for (const std::string& name : names) named.push_back(std::string(kind) + " " + name);
  };
  if (step.kind == "upstream") {
    for (const auto& credential : plan.upstreams[step.index].credentials())
      add("level", credential.levels());
  } else if (step.kind == "route") {
    add("upstream", plan.routes[step.index].upstreams());
  } else if (step.kind == "key") {
    const auto& key = plan.keys[step.index].key;
    add("level", key.levels());
    add("upstream", key.upstreams());
    add("route", key.routes());
  }
  return named;
}

// Whatever names something that will not be as planned is not made either.
void BlockDependents(const ImportPlan& plan, std::vector<ImportStep>& steps) {
  std::set<std::string> not_as_planned;
  for (ImportStep& step : steps) {
    if (step.action == StepAction::kCreate || step.action == StepAction::kChange) {
      std::set<std::string> blocking;
      for (std::string& name : NamedBy(plan, step))
        if (not_as_planned.contains(name)) blocking.insert(std::move(name));
      step.differs.assign(blocking.begin(), blocking.end());
      if (!blocking.empty()) step.action = StepAction::kBlocked;
    }
    if (step.action == StepAction::kDiffers || step.action == StepAction::kBlocked)
      not_as_planned.insert(step.kind + " " + step.name);
  }
}

}  // namespace

const char* ToString(StepAction action) {
  switch (action) {
    case StepAction::kCreate:
      return "create";
    case StepAction::kChange:
      return "change";
    case StepAction::kSame:
      return "same";
    case StepAction::kDiffers:
      return "differs";
    case StepAction::kBlocked:
      return "blocked";
  }
  return "";
}

Result<std::vector<ImportStep>> CompareWithStored(AdminClient& client, const ImportPlan& plan) {
  std::vector<ImportStep> steps;
  const auto name = [](const auto& item) { return item.name(); };
  TRY(CompareAll(client, "level", plan.levels, name, CompareLevel, steps));
  TRY(CompareAll(client, "upstream", plan.upstreams, name, CompareUpstream, steps));
  TRY(CompareAll(client, "route", plan.routes, name, CompareRoute, steps));
  TRY(CompareAll(
      client, "key", plan.keys, [](const PlannedKey& planned) { return planned.key.name(); },
      CompareKey, steps));
  BlockDependents(plan, steps);
  return steps;
}

}  // namespace llmgw::admin_cli::migrate
