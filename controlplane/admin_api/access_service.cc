#include "controlplane/admin_api/access_service.h"

#include <algorithm>
#include <functional>

#include "common/config/validate.h"
#include "controlplane/admin_api/access_lists.h"
#include "controlplane/admin_api/paging.h"
#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::admin_api {
namespace {

std::string Describe(const admin::v1::AccessRule& rule) {
  return rule.effect() + " '" + rule.pattern() + "' for " + rule.subject_kind() + " '" +
         rule.subject() + "'";
}

Status CheckPattern(const std::string& field, const std::string& pattern) {
  auto fault = llmgw::config::CheckModelPattern(pattern);
  if (!fault.empty()) return Fail(InvalidArgument(field, std::string(fault)));
  return {};
}

Result<int> PlaceOf(const Patterns& patterns, const admin::v1::AccessRule& rule) {
  auto it = std::find(patterns.begin(), patterns.end(), rule.pattern());
  if (it == patterns.end()) return Fail(NotFound("there is no rule to " + Describe(rule)));
  return static_cast<int>(it - patterns.begin());
}

// What is done to the list.
using Edit = std::function<Status(Patterns& patterns)>;

Result<Proposal> EditList(const store::ConfigState& current, const admin::v1::AccessRule& rule,
                          const std::function<Status(const store::StoredResource&)>& check,
                          const Edit& edit) {
  TRY_ASSIGN(auto stored, FindSubject(current, rule));
  TRY(check(*stored));
  config::v1::Resource body = stored->resource;
  TRY_ASSIGN(Patterns * patterns, ListOf(rule.effect(), &body));
  TRY(edit(*patterns));
  store::ResourceId id = body.has_upstream()
                             ? store::ResourceId{model::kUpstream, body.upstream().name()}
                             : store::ResourceId{model::kClientKey, body.client_key().id()};
  return Proposal{"update", std::move(id), std::move(body)};
}

// An expected revision that may be left out.
std::function<Status(const store::StoredResource&)> MayMatch(uint64_t expected) {
  return [expected](const auto& stored) { return MatchRevisionIfGiven(stored, expected); };
}

void Show(const Applied& applied, const admin::v1::AccessRule& rule, const std::string& pattern,
          admin::v1::AccessRuleChange* change) {
  *change->mutable_rule() = rule;
  change->mutable_rule()->set_pattern(pattern);
  change->mutable_rule()->set_revision(applied.after->resource.revision());
  change->set_revision(applied.revision);
}

}  // namespace

grpc::Status AccessService::ListAccessRules(grpc::ServerContext* context,
                                            const admin::v1::ListAccessRulesRequest* request,
                                            admin::v1::ListAccessRulesResponse* response) {
  return calls_.Run(*context, "AccessService/ListAccessRules", [&](const Caller&) -> Status {
    if (!request->effect().empty() && request->effect() != "allow" && request->effect() != "deny") {
      return Fail(InvalidArgument("effect", "must be one of allow, deny"));
    }
    if (!request->subject_kind().empty() && request->subject_kind() != "upstream" &&
        request->subject_kind() != "key") {
      return Fail(InvalidArgument("subject_kind", "must be one of upstream, key"));
    }
    TRY_ASSIGN(auto state, editor_.Read());
    auto rules = AllRules(*state, *request);
    response->set_next_page_token(CutPage(
        request->page(), &rules, [](const PlacedRule& rule) -> auto& { return rule.place; }));
    for (auto& placed : rules) *response->add_rules() = std::move(placed.rule);
    return {};
  });
}

grpc::Status AccessService::GetAccessRule(grpc::ServerContext* context,
                                          const admin::v1::GetAccessRuleRequest* request,
                                          admin::v1::AccessRule* response) {
  return calls_.Run(*context, "AccessService/GetAccessRule", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    TRY_ASSIGN(auto stored, FindSubject(*state, request->rule()));
    config::v1::Resource body = stored->resource;
    TRY_ASSIGN(Patterns * patterns, ListOf(request->rule().effect(), &body));
    TRY(PlaceOf(*patterns, request->rule()));
    *response = request->rule();
    response->set_revision(stored->resource.revision());
    return {};
  });
}

grpc::Status AccessService::CreateAccessRule(grpc::ServerContext* context,
                                             const admin::v1::CreateAccessRuleRequest* request,
                                             admin::v1::AccessRuleChange* response) {
  return calls_.Run(
      *context, "AccessService/CreateAccessRule", [&](const Caller& caller) -> Status {
        const auto& rule = request->rule();
        TRY(CheckPattern("rule.pattern", rule.pattern()));
        TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) {
          return EditList(current, rule, MayMatch(request->expected_revision()),
                          [&](Patterns& patterns) -> Status {
                            if (PlaceOf(patterns, rule)) {
                              return Fail({ErrorKind::kAlreadyExists,
                                           "there is a rule to " + Describe(rule) + " already",
                                           "rule.pattern"});
                            }
                            *patterns.Add() = rule.pattern();
                            return {};
                          });
        }));
        Show(applied, rule, rule.pattern(), response);
        return {};
      });
}

grpc::Status AccessService::UpdateAccessRule(grpc::ServerContext* context,
                                             const admin::v1::UpdateAccessRuleRequest* request,
                                             admin::v1::AccessRuleChange* response) {
  return calls_.Run(
      *context, "AccessService/UpdateAccessRule", [&](const Caller& caller) -> Status {
        const auto& rule = request->rule();
        TRY(CheckPattern("new_pattern", request->new_pattern()));
        auto must_match = [&](const store::StoredResource& stored) {
          return RequireRevision(stored, request->expected_revision());
        };
        TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) {
          return EditList(current, rule, must_match, [&](Patterns& patterns) -> Status {
            TRY_ASSIGN(int place, PlaceOf(patterns, rule));
            *patterns.Mutable(place) = request->new_pattern();
            return {};
          });
        }));
        Show(applied, rule, request->new_pattern(), response);
        return {};
      });
}

grpc::Status AccessService::DeleteAccessRule(grpc::ServerContext* context,
                                             const admin::v1::DeleteAccessRuleRequest* request,
                                             admin::v1::AccessRuleChange* response) {
  return calls_.Run(*context, "AccessService/DeleteAccessRule",
                    [&](const Caller& caller) -> Status {
                      const auto& rule = request->rule();
                      TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) {
                        return EditList(current, rule, MayMatch(request->expected_revision()),
                                        [&](Patterns& patterns) -> Status {
                                          TRY_ASSIGN(int place, PlaceOf(patterns, rule));
                                          patterns.DeleteSubrange(place, 1);
                                          return {};
                                        });
                      }));
                      Show(applied, rule, rule.pattern(), response);
                      return {};
                    });
}

}  // namespace llmgw::controlplane::admin_api
