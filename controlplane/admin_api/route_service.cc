#include "controlplane/admin_api/route_service.h"

#include "controlplane/admin_api/paging.h"
#include "controlplane/admin_api/references.h"
#include "controlplane/model/kinds.h"

namespace llmgw::controlplane::admin_api {
namespace {

void Show(const store::StoredResource& stored, admin::v1::RouteEntry* entry) {
  FillMeta(stored, entry->mutable_meta());
  *entry->mutable_route() = stored.resource.route();
}

Proposal Put(const char* action, const config::v1::Route& route) {
  Proposal proposal{action, {model::kRoute, route.name()}, config::v1::Resource()};
  *proposal.body->mutable_route() = route;
  return proposal;
}

}  // namespace

grpc::Status RouteService::ListRoutes(grpc::ServerContext* context,
                                      const admin::v1::ListRoutesRequest* request,
                                      admin::v1::ListRoutesResponse* response) {
  return calls_.Run(*context, "RouteService/ListRoutes", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    auto found = AllOfKind(*state, model::kRoute);
    std::erase_if(found, [&](const auto& stored) {
      return stored->resource.route().name().find(request->name_contains()) == std::string::npos;
    });
    response->set_next_page_token(CutPage(
        request->page(), &found,
        [](const auto& stored) -> auto& { return stored->resource.route().name(); }));
    for (const auto& stored : found) Show(*stored, response->add_routes());
    return {};
  });
}

grpc::Status RouteService::GetRoute(grpc::ServerContext* context,
                                    const admin::v1::GetRouteRequest* request,
                                    admin::v1::RouteEntry* response) {
  return calls_.Run(*context, "RouteService/GetRoute", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    TRY_ASSIGN(auto stored, FindRoute(*state, request->name()));
    Show(*stored, response);
    return {};
  });
}

grpc::Status RouteService::CreateRoute(grpc::ServerContext* context,
                                       const admin::v1::CreateRouteRequest* request,
                                       admin::v1::RouteEntry* response) {
  return calls_.Run(*context, "RouteService/CreateRoute", [&](const Caller& caller) -> Status {
    const auto& route = request->route();
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      if (current.Find(model::kRoute, route.name()) != nullptr) {
        return Fail({ErrorKind::kAlreadyExists, "there is a route '" + route.name() + "' already",
                     "route.name"});
      }
      return Put("create", route);
    }));
    Show(*applied.after, response);
    return {};
  });
}

grpc::Status RouteService::UpdateRoute(grpc::ServerContext* context,
                                       const admin::v1::UpdateRouteRequest* request,
                                       admin::v1::RouteEntry* response) {
  return calls_.Run(*context, "RouteService/UpdateRoute", [&](const Caller& caller) -> Status {
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      TRY_ASSIGN(auto stored, FindRoute(current, request->route().name()));
      TRY(RequireRevision(*stored, request->expected_revision()));
      return Put("update", request->route());
    }));
    Show(*applied.after, response);
    return {};
  });
}

grpc::Status RouteService::DeleteRoute(grpc::ServerContext* context,
                                       const admin::v1::DeleteRouteRequest* request,
                                       admin::v1::DeleteRouteResponse* response) {
  return calls_.Run(*context, "RouteService/DeleteRoute", [&](const Caller& caller) -> Status {
    TRY_ASSIGN(auto applied, editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
      TRY_ASSIGN(auto stored, FindRoute(current, request->name()));
      TRY(MatchRevisionIfGiven(*stored, request->expected_revision()));
      TRY(RequireUnused(current, *stored));
      return Proposal{"delete", {model::kRoute, request->name()}, std::nullopt};
    }));
    response->set_revision(applied.revision);
    return {};
  });
}

}  // namespace llmgw::controlplane::admin_api
