#include "tests/fakes/memory_store.h"

#include <algorithm>
#include <ranges>

#include "controlplane/store/change_plan.h"

namespace llmgw::test {
namespace store = controlplane::store;
namespace {

bool Matches(const store::LogQuery& query, const usage::v1::RequestRecord& record) {
  auto same = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  return same(query.key_id, record.key_id()) && same(query.route, record.route()) &&
         same(query.upstream, record.upstream()) && same(query.reason, record.reason()) &&
         record.status() >= query.status_min &&
         (query.status_max == 0 || record.status() <= query.status_max);
}

usage::v1::RequestRecord Brief(const usage::v1::RequestRecord& record) {
  usage::v1::RequestRecord brief = record;
  brief.clear_attempts();
  brief.clear_request_body();
  brief.clear_response_body();
  return brief;
}

}  // namespace

MemoryConfigStore::MemoryConfigStore() : state_(std::make_shared<store::ConfigState>()) {}

void MemoryConfigStore::GoAway() {
  std::lock_guard lock(mutex_);
  away_ = true;
}

void MemoryConfigStore::Return() {
  std::lock_guard lock(mutex_);
  away_ = false;
}

void MemoryConfigStore::SetBackTo(const store::ConfigState& state) {
  std::lock_guard lock(mutex_);
  auto restored = std::make_shared<store::ConfigState>(state);
  restored->epoch = state_->epoch + 1;
  state_ = std::move(restored);
}

Status MemoryConfigStore::Here() const {
  if (away_) return Fail(Unavailable("the store is away"));
  return {};
}

Result<std::string> MemoryConfigStore::StoreId() {
  std::lock_guard lock(mutex_);
  TRY(Here());
  return std::string("store-in-memory");
}

Result<std::shared_ptr<const store::ConfigState>> MemoryConfigStore::Load() {
  std::lock_guard lock(mutex_);
  TRY(Here());
  return state_;
}

Result<store::Committed> MemoryConfigStore::Transact(const Decide& decide) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  TRY_ASSIGN(store::Change change, decide(*state_));
  TRY_ASSIGN(store::ChangePlan plan,
             store::PlanChange(*state_, std::move(change), RealClock().Wall()));
  state_ = store::Apply(*state_, plan);
  audit_.push_back(plan.audit);
  return store::Committed{state_};
}

Result<std::vector<store::AuditRecord>> MemoryConfigStore::ListAudit(const std::string& kind,
                                                                     const std::string& name,
                                                                     uint64_t before_revision,
                                                                     size_t limit) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  std::vector<store::AuditRecord> found;
  for (auto it = audit_.rbegin(); it != audit_.rend() && found.size() < limit; ++it) {
    bool fits = (before_revision == 0 || it->revision < before_revision) &&
                (kind.empty() || it->kind == kind) && (name.empty() || it->name == name);
    if (fits) found.push_back(*it);
  }
  return found;
}

Result<std::string> MemoryConfigStore::GetOrCreateMeta(const std::string& name,
                                                       const std::string& initial) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  return meta_.emplace(name, initial).first->second;
}

Status MemoryConfigStore::Ping() {
  std::lock_guard lock(mutex_);
  return Here();
}

void MemoryLogStore::GoAway() {
  std::lock_guard lock(mutex_);
  away_ = true;
}

void MemoryLogStore::Return() {
  std::lock_guard lock(mutex_);
  away_ = false;
}

void MemoryLogStore::Cork() {
  std::lock_guard lock(mutex_);
  corked_ = true;
}

void MemoryLogStore::Uncork() {
  std::lock_guard lock(mutex_);
  corked_ = false;
  uncorked_.notify_all();
}

int MemoryLogStore::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_;
}

int MemoryLogStore::abandoned() const {
  std::lock_guard lock(mutex_);
  return abandoned_;
}

Status MemoryLogStore::Here() const {
  if (away_) return Fail(Unavailable("the store is away"));
  return {};
}

Result<store::AppendResult> MemoryLogStore::Append(
    const std::string& dataplane_id, const std::vector<usage::v1::RequestRecord>& records,
    const Wanted& wanted) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  // Asked now and then: the one who gives up tells nobody here.
  while (corked_ && (!wanted || wanted())) {
    uncorked_.wait_for(lock, std::chrono::milliseconds(1));
  }
  --waiting_;
  if (wanted && !wanted()) {
    ++abandoned_;
    return Fail(Unavailable("the sender has gone"));
  }
  TRY(Here());
  store::AppendResult result;
  for (const auto& record : records) {
    bool known = std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
      return entry.record.request_id() == record.request_id();
    });
    if (known) {
      ++result.duplicates;
      continue;
    }
    ++result.stored;
    entries_.push_back({entries_.size() + 1, record});
    if (record.dataplane_id().empty()) entries_.back().record.set_dataplane_id(dataplane_id);
  }
  return result;
}

Result<store::LogStore::PageOfLogs> MemoryLogStore::List(const store::LogQuery& query,
                                                         const std::string& cursor, size_t limit) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  PageOfLogs page;
  bool started = cursor.empty();
  for (const auto& entry : std::views::reverse(entries_)) {
    if (!started) {
      started = entry.record.request_id() == cursor;
      continue;
    }
    if (!Matches(query, entry.record)) continue;
    if (page.entries.size() == limit) {
      page.next_cursor = page.entries.back().record.request_id();
      break;
    }
    page.entries.push_back({entry.sequence, Brief(entry.record)});
  }
  return page;
}

Result<std::vector<store::LogEntry>> MemoryLogStore::After(const store::LogQuery& query,
                                                           uint64_t sequence, size_t limit) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  std::vector<store::LogEntry> found;
  for (const auto& entry : entries_) {
    bool fits = entry.sequence > sequence && found.size() < limit && Matches(query, entry.record);
    if (fits) found.push_back({entry.sequence, Brief(entry.record)});
  }
  return found;
}

Result<uint64_t> MemoryLogStore::LastSequence() {
  std::lock_guard lock(mutex_);
  TRY(Here());
  return entries_.size();
}

Result<usage::v1::RequestRecord> MemoryLogStore::Get(const std::string& request_id) {
  std::lock_guard lock(mutex_);
  TRY(Here());
  for (const auto& entry : entries_) {
    if (entry.record.request_id() == request_id) return entry.record;
  }
  return Fail(NotFound("there is no request '" + request_id + "'"));
}

}  // namespace llmgw::test
