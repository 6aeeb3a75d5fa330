#include "controlplane/ingest/usage_service.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <vector>

#include "common/rpc/peer.h"
#include "common/rpc/status.h"

namespace llmgw::controlplane::ingest {
namespace {

// A record without an identity could not be told from its repetition.
Status CheckIdentities(const usage::v1::ReportRequest& request) {
  if (request.dataplane_id().empty()) return Fail(InvalidArgument("dataplane_id", "is needed"));
  for (int i = 0; i < request.records_size(); ++i) {
    if (!request.records(i).request_id().empty()) continue;
    return Fail(InvalidArgument("records[" + std::to_string(i) + "].request_id", "is needed"));
  }
  return {};
}

// One of the places to store in, given back when it goes.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
  ~Place() { --taken_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  int number() const { return number_; }

 private:
  std::atomic<int>& taken_;
  const int number_;
};

}  // namespace

UsageService::UsageService(store::LogStore& logs, const rpc::BearerAuthorizer& authorizer,
                           prometheus::Registry& registry, std::function<void()> stored)
    : logs_(logs),
      authorizer_(authorizer),
      stored_(std::move(stored)),
      batches_(prometheus::BuildCounter()
                   .Name("llmgw_ingest_batches_total")
                   .Help("Batches of request records from dataplanes by gRPC status code")
                   .Register(registry)),
      new_records_(prometheus::BuildCounter()
                       .Name("llmgw_ingest_records_total")
                       .Help("Request records received: stored, or duplicate of a stored one")
                       .Register(registry)
                       .Add({{"result", "stored"}})),
      duplicates_(prometheus::BuildCounter()
                      .Name("llmgw_ingest_records_total")
                      .Help("Request records received: stored, or duplicate of a stored one")
                      .Register(registry)
                      .Add({{"result", "duplicate"}})) {}

grpc::Status UsageService::Report(grpc::ServerContext* context,
                                  const usage::v1::ReportRequest* request,
                                  usage::v1::ReportResponse* response) {
  Status outcome;
  try {
    outcome = Store(*context, *request, response);
  } catch (const std::exception& unexpected) {
    outcome = Fail(Internal(std::string("unexpected failure: ") + unexpected.what()));
  }
  grpc::Status status = outcome ? grpc::Status::OK : rpc::ToGrpcStatus(outcome.error(), *context);
  batches_.Add({{"code", rpc::CodeName(status.error_code())}}).Increment();
  if (!outcome) {
    spdlog::warn("a batch of {} records from dataplane {} at {} was not stored: {}",
                 request->records_size(), request->dataplane_id(),
                 rpc::PeerAddress(context->peer()), outcome.error().Describe());
  }
  return status;
}

Status UsageService::Store(grpc::ServerContext& context, const usage::v1::ReportRequest& request,
                           usage::v1::ReportResponse* response) {
  TRY(authorizer_.Check(context));
  TRY(CheckIdentities(request));
  const Place place(storing_);
  if (place.number() > kMostAtOnce) {
    return Fail(Unavailable("the database is slow: " + std::to_string(kMostAtOnce) +
                            " batches are being stored already"));
  }
  std::vector<usage::v1::RequestRecord> records(request.records().begin(), request.records().end());
  TRY_ASSIGN(auto appended,
             logs_.Append(request.dataplane_id(), records, [&] { return !context.IsCancelled(); }));
  response->set_stored(appended.stored);
  response->set_duplicates(appended.duplicates);
  new_records_.Increment(appended.stored);
  duplicates_.Increment(appended.duplicates);
  records_stored_ += appended.stored;
  if (appended.stored > 0) stored_();
  return {};
}

}  // namespace llmgw::controlplane::ingest
