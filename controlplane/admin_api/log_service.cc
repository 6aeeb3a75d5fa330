#include "controlplane/admin_api/log_service.h"

#include <algorithm>

#include "controlplane/admin_api/log_filter.h"
#include "controlplane/admin_api/paging.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr char kTailMethod[] = "LogService/TailLogs";
constexpr uint32_t kMostLast = 1000;

}  // namespace

grpc::Status LogService::ListLogs(grpc::ServerContext* context,
                                  const admin::v1::ListLogsRequest* request,
                                  admin::v1::ListLogsResponse* response) {
  return calls_.Run(*context, "LogService/ListLogs", [&](const Caller&) -> Status {
    TRY_ASSIGN(auto state, config_.Load());
    TRY_ASSIGN(auto query, ToQuery(request->filter(), *state));
    TRY_ASSIGN(auto page,
               logs_.List(query, request->page().page_token(), PageSize(request->page())));
    for (auto& entry : page.entries) *response->add_records() = std::move(entry.record);
    response->set_next_page_token(page.next_cursor);
    return {};
  });
}

grpc::Status LogService::GetLog(grpc::ServerContext* context,
                                const admin::v1::GetLogRequest* request,
                                usage::v1::RequestRecord* response) {
  return calls_.Run(*context, "LogService/GetLog", [&](const Caller&) -> Status {
    TRY_ASSIGN(*response, logs_.Get(request->request_id()));
    return {};
  });
}

Status LogService::BeginTail(grpc::CallbackServerContext& context,
                             const admin::v1::TailLogsRequest& request,
                             std::shared_ptr<TailCall> call) {
  TRY(calls_.Begin(context));
  TRY_ASSIGN(auto state, config_.Load());
  TRY_ASSIGN(auto query, ToQuery(request.filter(), *state));
  return tails_.Add(std::move(call), std::move(query), std::min(request.last(), kMostLast));
}

grpc::ServerWriteReactor<usage::v1::RequestRecord>* LogService::TailLogs(
    grpc::CallbackServerContext* context, const admin::v1::TailLogsRequest* request) {
  TailCall::Hooks hooks;
  hooks.finish = [this, context](const Status& outcome) {
    return calls_.Finish(*context, kTailMethod, outcome);
  };
  hooks.wants_more = [this] { tails_.Poke(); };
  hooks.gone = [this](TailCall* call) { tails_.Remove(call); };
  auto call = TailCall::Make(std::move(hooks));
  if (auto begun = BeginTail(*context, *request, call); !begun) call->End(begun);
  return call.get();
}

}  // namespace llmgw::controlplane::admin_api
