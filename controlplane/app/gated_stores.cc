#include "controlplane/app/gated_stores.h"

namespace llmgw::controlplane::app {

GatedStores::GatedStores(prometheus::Registry& registry)
    : errors_(prometheus::BuildCounter()
                  .Name("llmgw_store_errors_total")
                  .Help("Failures of the database by kind")
                  .Register(registry)) {}

void GatedStores::SetReason(std::string reason) {
  std::lock_guard lock(mutex_);
  reason_ = std::move(reason);
}

void GatedStores::Open(std::unique_ptr<store::Stores> stores) {
  stores_ = std::move(stores);
  open_ = stores_.get();
}

Result<store::Stores*> GatedStores::Get() const {
  if (auto* stores = open_.load()) return stores;
  std::lock_guard lock(mutex_);
  return Fail(Unavailable(reason_));
}

void GatedStores::Count(const Error& error) {
  // The others are answers, not failures.
  bool failure = error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kInternal ||
                 error.kind == ErrorKind::kDeadlineExceeded;
  if (failure) errors_.Add({{"kind", std::string(ToString(error.kind))}}).Increment();
}

std::string_view GatedStores::Config::kind() const {
  auto stores = gate_.Get();
  return stores ? (*stores)->config->kind() : std::string_view();
}

Result<std::string> GatedStores::Config::StoreId() {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->StoreId());
}

Result<std::shared_ptr<const store::ConfigState>> GatedStores::Config::Load() {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->Load());
}

Result<store::Committed> GatedStores::Config::Transact(const Decide& decide) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->Transact(decide));
}

Result<std::vector<store::AuditRecord>> GatedStores::Config::ListAudit(const std::string& kind,
                                                                       const std::string& name,
                                                                       uint64_t before_revision,
                                                                       size_t limit) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->ListAudit(kind, name, before_revision, limit));
}

Result<std::string> GatedStores::Config::GetOrCreateMeta(const std::string& name,
                                                         const std::string& initial) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->GetOrCreateMeta(name, initial));
}

Status GatedStores::Config::Ping() {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->config->Ping());
}

Result<store::AppendResult> GatedStores::Logs::Append(
    const std::string& dataplane_id, const std::vector<usage::v1::RequestRecord>& records,
    const Wanted& wanted) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->logs->Append(dataplane_id, records, wanted));
}

Result<store::LogStore::PageOfLogs> GatedStores::Logs::List(const store::LogQuery& query,
                                                            const std::string& cursor,
                                                            size_t limit) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->logs->List(query, cursor, limit));
}

Result<std::vector<store::LogEntry>> GatedStores::Logs::After(const store::LogQuery& query,
                                                              uint64_t sequence, size_t limit) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->logs->After(query, sequence, limit));
}

Result<uint64_t> GatedStores::Logs::LastSequence() {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->logs->LastSequence());
}

Result<usage::v1::RequestRecord> GatedStores::Logs::Get(const std::string& request_id) {
  TRY_ASSIGN(auto* stores, gate_.Get());
  return gate_.Counted(stores->logs->Get(request_id));
}

}  // namespace llmgw::controlplane::app
