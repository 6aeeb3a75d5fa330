#include "controlplane/admin_api/upstream_service.h"

#include "controlplane/admin_api/paging.h"
#include "controlplane/admin_api/references.h"
#include "controlplane/model/kinds.h"
#include "controlplane/model/redact.h"

namespace llmgw::controlplane::admin_api {
namespace {

void Show(const store::StoredResource& stored, admin::v1::UpstreamEntry* entry) {
  FillMeta(stored, entry->mutable_meta());
  *entry->mutable_upstream() = model::WithoutSecrets(stored.resource.upstream());
}

Proposal Put(const char* action, const config::v1::Upstream& upstream) {
  Proposal proposal{action, {model::kUpstream, upstream.name()}, config::v1::Resource()};
  *proposal.body->mutable_upstream() = upstream;
  return proposal;
}

bool Fits(const admin::v1::ListUpstreamsRequest& request, const config::v1::Upstream& upstream) {
  const std::string kind = upstream.kind().empty() ? "openai" : upstream.kind();
  return upstream.name().find(request.name_contains()) != std::string::npos &&
         (request.kind().empty() || request.kind() == kind);
}

}  // namespace

grpc::Status UpstreamService::ListUpstreams(grpc::ServerContext* context,
                                            const admin::v1::ListUpstreamsRequest* request,
                                            admin::v1::ListUpstreamsResponse* response) {
  return calls_.Run(*context, "UpstreamService/ListUpstreams", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    auto found = AllOfKind(*state, model::kUpstream);
    std::erase_if(found,
                  [&](const auto& stored) { return !Fits(*request, stored->resource.upstream()); });
    response->set_next_page_token(CutPage(
        request->page(), &found,
        [](const auto& stored) -> auto& { return stored->resource.upstream().name(); }));
    for (const auto& stored : found) Show(*stored, response->add_upstreams());
    return {};
  });
}

grpc::Status UpstreamService::GetUpstream(grpc::ServerContext* context,
                                          const admin::v1::GetUpstreamRequest* request,
                                          admin::v1::UpstreamEntry* response) {
  return calls_.Run(*context, "UpstreamService/GetUpstream", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, editor_.Read());
    TRY_ASSIGN(auto stored, FindUpstream(*state, request->name()));
    Show(*stored, response);
    return {};
  });
}

grpc::Status UpstreamService::CreateUpstream(grpc::ServerContext* context,
                                             const admin::v1::CreateUpstreamRequest* request,
                                             admin::v1::UpstreamEntry* response) {
  return calls_.Run(
      *context, "UpstreamService/CreateUpstream", [&](const Caller& caller) -> Status {
        const auto& upstream = request->upstream();
        TRY_ASSIGN(auto applied,
                   editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
                     if (current.Find(model::kUpstream, upstream.name()) != nullptr) {
                       return Fail({ErrorKind::kAlreadyExists,
                                    "there is an upstream '" + upstream.name() + "' already",
                                    "upstream.name"});
                     }
                     return Put("create", upstream);
                   }));
        Show(*applied.after, response);
        return {};
      });
}

grpc::Status UpstreamService::UpdateUpstream(grpc::ServerContext* context,
                                             const admin::v1::UpdateUpstreamRequest* request,
                                             admin::v1::UpstreamEntry* response) {
  return calls_.Run(
      *context, "UpstreamService/UpdateUpstream", [&](const Caller& caller) -> Status {
        TRY_ASSIGN(auto applied,
                   editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
                     TRY_ASSIGN(auto stored, FindUpstream(current, request->upstream().name()));
                     TRY(RequireRevision(*stored, request->expected_revision()));
                     return Put("update", request->upstream());
                   }));
        Show(*applied.after, response);
        return {};
      });
}

grpc::Status UpstreamService::DeleteUpstream(grpc::ServerContext* context,
                                             const admin::v1::DeleteUpstreamRequest* request,
                                             admin::v1::DeleteUpstreamResponse* response) {
  return calls_.Run(
      *context, "UpstreamService/DeleteUpstream", [&](const Caller& caller) -> Status {
        TRY_ASSIGN(auto applied,
                   editor_.Apply(caller, [&](const auto& current) -> Result<Proposal> {
                     TRY_ASSIGN(auto stored, FindUpstream(current, request->name()));
                     TRY(MatchRevisionIfGiven(*stored, request->expected_revision()));
                     TRY(RequireUnused(current, *stored));
                     return Proposal{"delete", {model::kUpstream, request->name()}, std::nullopt};
                   }));
        response->set_revision(applied.revision);
        return {};
      });
}

grpc::Status UpstreamService::GetUpstreamHealth(grpc::ServerContext* context,
                                                const admin::v1::GetUpstreamHealthRequest* request,
                                                admin::v1::GetUpstreamHealthResponse* response) {
  return calls_.Run(*context, "UpstreamService/GetUpstreamHealth", [&](const Caller&) -> Status {
    if (!request->name().empty()) {
      TRY_ASSIGN(auto state, editor_.Read());
      TRY(FindUpstream(*state, request->name()));
    }
    for (const auto& dataplane : health_.List()) {
      auto& shown = *response->add_dataplanes();
      shown.set_dataplane_id(dataplane.id);
      *shown.mutable_reported_at() = ToProto(dataplane.reported_at);
      for (const auto& upstream : dataplane.report.upstreams()) {
        if (request->name().empty() || upstream.upstream() == request->name())
          *shown.add_upstreams() = upstream;
      }
    }
    return {};
  });
}

}  // namespace llmgw::controlplane::admin_api
