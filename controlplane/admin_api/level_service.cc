#include "controlplane/admin_api/level_service.h"

#include "controlplane/admin_api/paging.h"
#include "controlplane/admin_api/references.h"
#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::admin_api {
namespace {

void Show(const store::StoredResource& stored, admin::v1::LevelEntry* entry) {
  FillMeta(stored, entry->mutable_meta());
  *entry->mutable_level() = stored.resource.level();
}

Proposal Put(const char* action, const config::v1::Level& level) {
  Proposal proposal{action, {model::kLevel, level.name()}, config::v1::Resource()};
  *proposal.body->mutable_level() = level;
  return proposal;
}

}  // namespace

grpc::Status LevelService::ListLevels(grpc::ServerContext* context,
                                      const admin::v1::ListLevelsRequest* request,
                                      admin::v1::ListLevelsResponse* response) {
  return calls_.Run(*context, "LevelService/ListLevels", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    auto found = AllOfKind(*state, model::kLevel);
    std::erase_if(found, [&](const auto& stored) {
      return stored->resource.level().name().find(request->name_contains()) == std::string::npos;
    });
    response->set_next_page_token(CutPage(
        request->page(), &found,
        [](const auto& stored) -> auto& { return stored->resource.level().name(); }));
    for (const auto& stored : found) Show(*stored, response->add_levels());
    return {};
  });
}

grpc::Status LevelService::GetLevel(grpc::ServerContext* context,
                                    const admin::v1::GetLevelRequest* request,
                                    admin::v1::LevelEntry* response) {
  return calls_.Run(*context, "LevelService/GetLevel", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    TRY_ASSIGN(auto stored, FindLevel(*state, request->name()));
    Show(*stored, response);
    return {};
  });
}

grpc::Status LevelService::CreateLevel(grpc::ServerContext* context,
                                       const admin::v1::CreateLevelRequest* request,
                                       admin::v1::LevelEntry* response) {
  return calls_.Run(*context, "LevelService/CreateLevel", [&](const Caller& caller) -> Status {
    const auto& level = request->level();
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      if (current.Find(model::kLevel, level.name()) != nullptr) {
        return Fail({ErrorKind::kAlreadyExists, "there is a level '" + level.name() + "' already",
                     "level.name"});
      }
      return Put("create", level);
    }));
    Show(*applied.after, response);
    return {};
  });
}

grpc::Status LevelService::UpdateLevel(grpc::ServerContext* context,
                                       const admin::v1::UpdateLevelRequest* request,
                                       admin::v1::LevelEntry* response) {
  return calls_.Run(*context, "LevelService/UpdateLevel", [&](const Caller& caller) -> Status {
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      TRY_ASSIGN(auto stored, FindLevel(current, request->level().name()));
      TRY(RequireRevision(*stored, request->expected_revision()));
      return Put("update", request->level());
    }));
    Show(*applied.after, response);
    return {};
  });
}

grpc::Status LevelService::DeleteLevel(grpc::ServerContext* context,
                                       const admin::v1::DeleteLevelRequest* request,
                                       admin::v1::DeleteLevelResponse* response) {
  return calls_.Run(*context, "LevelService/DeleteLevel", [&](const Caller& caller) -> Status {
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      TRY_ASSIGN(auto stored, FindLevel(current, request->name()));
      TRY(MatchRevisionIfGiven(*stored, request->expected_revision()));
      TRY(RequireUnused(current, *stored));
      return Proposal{"delete", {model::kLevel, request->name()}, std::nullopt};
    }));
    response->set_revision(applied.revision);
    return {};
  });
}

}  // namespace llmgw::controlplane::admin_api
