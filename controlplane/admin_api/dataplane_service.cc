#include "controlplane/admin_api/dataplane_service.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "common/text/near_name.h"
#include "controlplane/admin_api/paging.h"
#include "controlplane/admin_api/rollout_wait.h"

namespace llmgw::controlplane::admin_api {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDefaultWait = std::chrono::seconds(10);
constexpr milliseconds kLongestWait = std::chrono::minutes(5);
constexpr char kWaitMethod[] = "DataplaneService/WaitForRollout";

milliseconds WaitBound(const admin::v1::WaitForRolloutRequest& request) {
  if (!request.has_timeout()) return kDefaultWait;
  milliseconds asked(google::protobuf::util::TimeUtil::DurationToMilliseconds(request.timeout()));
  return std::clamp(asked, milliseconds(0), kLongestWait);
}

}  // namespace

grpc::Status DataplaneService::ListDataplanes(grpc::ServerContext* context,
                                              const admin::v1::ListDataplanesRequest* request,
                                              admin::v1::ListDataplanesResponse* response) {
  return calls_.Run(*context, "DataplaneService/ListDataplanes", [&](const Caller&) -> Status {
    auto list = tracker_.List();
    response->set_next_page_token(CutPage(
        request->page(), &list, [](const auto& status) -> auto& { return status.id; }));
    for (const auto& status : list) *response->add_dataplanes() = ShowDataplane(status);
    auto current = publisher_.Current();
    response->set_current_revision(current == nullptr ? 0 : current->revision);
    return {};
  });
}

grpc::Status DataplaneService::GetDataplane(grpc::ServerContext* context,
                                            const admin::v1::GetDataplaneRequest* request,
                                            admin::v1::Dataplane* response) {
  return calls_.Run(*context, "DataplaneService/GetDataplane", [&](const Caller&) -> Status {
    auto status = tracker_.Get(request->id());
    if (!status) {
      std::vector<std::string> ids;
      for (const auto& known : tracker_.List()) ids.push_back(known.id);
      return Fail(NotFound("there is no dataplane '" + request->id() + "'" +
                           text::DidYouMean(request->id(), ids)));
    }
    *response = ShowDataplane(*status);
    return {};
  });
}

grpc::ServerUnaryReactor* DataplaneService::WaitForRollout(
    grpc::CallbackServerContext* context, const admin::v1::WaitForRolloutRequest* request,
    admin::v1::WaitForRolloutResponse* response) {
  if (auto caller = calls_.Begin(*context); !caller) {
    auto* refused = context->DefaultReactor();
    refused->Finish(calls_.Finish(*context, kWaitMethod, Fail(caller.error())));
    return refused;
  }
  return RolloutWait::Start(tracker_, request->revision(), WaitBound(*request), response,
                            [this, context] { return calls_.Finish(*context, kWaitMethod, {}); });
}

}  // namespace llmgw::controlplane::admin_api
