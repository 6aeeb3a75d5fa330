#include "controlplane/store/sqlite/sqlite_config_store.h"

#include <map>
#include <utility>

#include "common/crypto/token.h"
#include "controlplane/store/change_plan.h"
#include "controlplane/store/resource_row.h"
#include "controlplane/store/time_micros.h"

namespace llmgw::controlplane::store::sqlite {
namespace {

// The resources named in the audit after ?1; `r` and `s` are joined to them.
constexpr const char* kChangedIds =
    " FROM (SELECT DISTINCT kind, name FROM config_audit WHERE revision > ?1) c ";

class Reader : public ConfigReader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}

  Result<uint64_t> ReadRevision() override {
    TRY_ASSIGN(Statement row, connection_.Prepare("SELECT revision FROM config_revision"));
    TRY(row.Step());
    return static_cast<uint64_t>(row.IntAt(0));
  }

  Result<std::vector<ChangedResource>> ReadAll() override {
    TRY_ASSIGN(Statement secrets,
               connection_.Prepare("SELECT kind, name, credential_id, key_id, sealed "
                                   "FROM config_secrets ORDER BY kind, name, position"));
    TRY_ASSIGN(Statement rows,
               connection_.Prepare("SELECT kind, name, revision, created_revision, created_at, "
                                   "updated_at, body FROM config_resources"));
    return Read(secrets, rows);
  }

  Result<std::vector<ChangedResource>> ReadChanged(uint64_t after, uint64_t revision,
                                                   bool* complete) override {
    const auto from = static_cast<int64_t>(after);
    TRY_ASSIGN(Statement count,
               connection_.Prepare("SELECT count(*) FROM config_audit WHERE revision > ?1"));
    TRY(count.Int(from).Step());
    *complete = static_cast<uint64_t>(count.IntAt(0)) == revision - after;
    if (!*complete) return std::vector<ChangedResource>();

    static const std::string kSecrets =
        std::string("SELECT s.kind, s.name, s.credential_id, s.key_id, s.sealed") + kChangedIds +
        "JOIN config_secrets s ON s.kind = c.kind AND s.name = c.name "
        "ORDER BY s.kind, s.name, s.position";
    static const std::string kRows =
        std::string(
            "SELECT c.kind, c.name, r.revision, r.created_revision, r.created_at, "
            "r.updated_at, r.body") +
        kChangedIds + "LEFT JOIN config_resources r ON r.kind = c.kind AND r.name = c.name";
    TRY_ASSIGN(Statement secrets, connection_.Prepare(kSecrets));
    TRY_ASSIGN(Statement rows, connection_.Prepare(kRows));
    return Read(secrets.Int(from), rows.Int(from));
  }

 private:
  static Result<std::vector<ChangedResource>> Read(Statement& secret_rows, Statement& rows) {
    std::map<ResourceId, std::vector<SealedSecret>> secrets;
    for (;;) {
      TRY_ASSIGN(const bool more, secret_rows.Step());
      if (!more) break;
      secrets[{secret_rows.StringAt(0), secret_rows.StringAt(1)}].push_back(
          {secret_rows.StringAt(2), secret_rows.StringAt(3), secret_rows.StringAt(4)});
    }
    std::vector<ChangedResource> changed;
    for (;;) {
      TRY_ASSIGN(const bool more, rows.Step());
      if (!more) return changed;
      ResourceId id{rows.StringAt(0), rows.StringAt(1)};
      if (rows.IsNullAt(2)) {
        changed.push_back({std::move(id), nullptr});
        continue;
      }
      auto stored = std::make_shared<StoredResource>();
      TRY_ASSIGN(stored->resource, ParseRow(id.first, id.second, rows.StringAt(6)));
      stored->resource.set_revision(static_cast<uint64_t>(rows.IntAt(2)));
      stored->resource.set_created_revision(static_cast<uint64_t>(rows.IntAt(3)));
      stored->created_at = FromMicros(rows.IntAt(4));
      stored->updated_at = FromMicros(rows.IntAt(5));
      if (auto own = secrets.find(id); own != secrets.end()) {
        stored->secrets = std::move(own->second);
      }
      changed.push_back({std::move(id), std::move(stored)});
    }
  }

  Connection& connection_;
};

Status WriteResource(Connection& connection, const ChangePlan& plan) {
  const auto& [kind, name] = plan.id;
  if (plan.next == nullptr) {
    // Its secrets go with it.
    TRY_ASSIGN(Statement remove,
               connection.Prepare("DELETE FROM config_resources WHERE kind = ?1 AND name = ?2"));
    return remove.Text(kind).Text(name).Run();
  }
  TRY_ASSIGN(
      Statement upsert,
      connection.Prepare("INSERT INTO config_resources (kind, name, revision, created_revision, "
                         "created_at, updated_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                         "ON CONFLICT (kind, name) DO UPDATE SET revision = excluded.revision, "
                         "updated_at = excluded.updated_at, body = excluded.body"));
  TRY(upsert.Text(kind)
          .Text(name)
          .Int(static_cast<int64_t>(plan.next->resource.revision()))
          .Int(static_cast<int64_t>(plan.next->resource.created_revision()))
          .Int(ToMicros(plan.next->created_at))
          .Int(ToMicros(plan.next->updated_at))
          .Text(plan.body_json)
          .Run());
  TRY_ASSIGN(Statement clear,
             connection.Prepare("DELETE FROM config_secrets WHERE kind = ?1 AND name = ?2"));
  TRY(clear.Text(kind).Text(name).Run());
  TRY_ASSIGN(Statement insert,
             connection.Prepare("INSERT INTO config_secrets (kind, name, position, credential_id, "
                                "key_id, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  int64_t position = 0;
  for (const SealedSecret& secret : plan.next->secrets) {
    insert.Reset();
    TRY(insert.Text(kind)
            .Text(name)
            .Int(position++)
            .Text(secret.credential_id)
            .Text(secret.key_id)
            .Bytes(secret.sealed)
            .Run());
  }
  return {};
}

Status WriteAudit(Connection& connection, const AuditRecord& audit) {
  TRY_ASSIGN(Statement insert,
             connection.Prepare("INSERT INTO config_audit (revision, time, actor, action, kind, "
                                "name, before_json, after_json) "
                                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  TRY(insert.Int(static_cast<int64_t>(audit.revision))
          .Int(ToMicros(audit.time))
          .Text(audit.actor)
          .Text(audit.action)
          .Text(audit.kind)
          .Text(audit.name)
          .Text(audit.before_json)
          .Text(audit.after_json)
          .Run());
  TRY_ASSIGN(Statement advance, connection.Prepare("UPDATE config_revision SET revision = ?1"));
  return advance.Int(static_cast<int64_t>(audit.revision)).Run();
}

}  // namespace

Result<std::string> SqliteConfigStore::StoreId() {
  return GetOrCreateMeta("store_id", crypto::RandomToken("store_", 10));
}

Result<std::shared_ptr<const ConfigState>> SqliteConfigStore::Load() {
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(*connection, Transaction::Kind::kRead));
  Reader reader(*connection);
  return cache_.Refresh(reader);
}

Result<Committed> SqliteConfigStore::Transact(const Decide& decide) {
  SqliteDatabase::Lease connection = database_->ConfigWriter();
  TRY_ASSIGN(Transaction transaction, Transaction::Begin(*connection, Transaction::Kind::kWrite));
  Reader reader(*connection);
  TRY_ASSIGN(const std::shared_ptr<const ConfigState> current, cache_.Refresh(reader));
  TRY_ASSIGN(Change change, decide(*current));
  TRY_ASSIGN(const ChangePlan plan, PlanChange(*current, std::move(change), clock_.Wall()));
  TRY(WriteResource(*connection, plan));
  TRY(WriteAudit(*connection, plan.audit));
  TRY(transaction.Commit());
  std::shared_ptr<const ConfigState> next = Apply(*current, plan);
  cache_.Advance(next);
  return Committed{std::move(next)};
}

Result<std::vector<AuditRecord>> SqliteConfigStore::ListAudit(const std::string& kind,
                                                              const std::string& name,
                                                              uint64_t before_revision,
                                                              size_t limit) {
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(Statement rows,
             connection->Prepare(
                 "SELECT revision, time, actor, action, kind, name, before_json, after_json "
                 "FROM config_audit WHERE (?1 = 0 OR revision < ?1) AND (?2 = '' OR kind = ?2) "
                 "AND (?3 = '' OR name = ?3) ORDER BY revision DESC LIMIT ?4"));
  rows.Int(static_cast<int64_t>(before_revision))
      .Text(kind)
      .Text(name)
      .Int(static_cast<int64_t>(limit));
  std::vector<AuditRecord> found;
  for (;;) {
    TRY_ASSIGN(const bool more, rows.Step());
    if (!more) return found;
    found.push_back({.revision = static_cast<uint64_t>(rows.IntAt(0)),
                     .time = FromMicros(rows.IntAt(1)),
                     .actor = rows.StringAt(2),
                     .action = rows.StringAt(3),
                     .kind = rows.StringAt(4),
                     .name = rows.StringAt(5),
                     .before_json = rows.StringAt(6),
                     .after_json = rows.StringAt(7)});
  }
}

Result<std::string> SqliteConfigStore::GetOrCreateMeta(const std::string& name,
                                                       const std::string& initial) {
  SqliteDatabase::Lease connection = database_->ConfigWriter();
  TRY_ASSIGN(
      Statement insert,
      connection->Prepare("INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING"));
  TRY(insert.Text(name).Bytes(initial).Run());
  TRY_ASSIGN(Statement select, connection->Prepare("SELECT value FROM meta WHERE name = ?1"));
  TRY(select.Text(name).Step());
  return select.StringAt(0);
}

Status SqliteConfigStore::Ping() {
  TRY_ASSIGN(SqliteDatabase::Lease connection, database_->Reader());
  TRY_ASSIGN(Statement select, connection->Prepare("SELECT revision FROM config_revision"));
  TRY(select.Step());
  return {};
}

}  // namespace llmgw::controlplane::store::sqlite
