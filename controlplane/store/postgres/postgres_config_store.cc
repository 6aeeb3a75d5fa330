#include "controlplane/store/postgres/postgres_config_store.h"

#include <map>
#include <utility>

#include "common/crypto/token.h"
#include "controlplane/store/change_plan.h"
#include "controlplane/store/postgres/postgres_schema.h"
#include "controlplane/store/postgres/row_source.h"
#include "controlplane/store/resource_row.h"
#include "controlplane/store/time_micros.h"

namespace llmgw::controlplane::store::postgres {
namespace {

// Few people and programs change configuration; replicas of the controlplane add up.
constexpr size_t kMaxConnections = 4;

// A time parameter, given as microseconds, and a time column, read as them.
std::string TimeParameter(int number) {
  return "(TIMESTAMPTZ 'epoch' + $" + std::to_string(number) +
         "::bigint * INTERVAL '1 microsecond')";
}
std::string TimeColumn(const std::string& column) {
  return "(extract(epoch FROM " + column + ") * 1000000)::bigint";
}

// The resources named in the audit after $1; `r` and `s` are joined to them.
constexpr const char* kChangedIds =
    " FROM (SELECT DISTINCT kind, name FROM config_audit WHERE revision > $1) c ";

std::vector<PreparedStatement> Statements() {
  const std::string row = "r.revision, r.created_revision, " + TimeColumn("r.created_at") + ", " +
                          TimeColumn("r.updated_at") + ", r.body";
  const std::string secret = "SELECT s.kind, s.name, s.credential_id, s.key_id, s.sealed";
  const std::string by_place = " ORDER BY s.kind, s.name, s.position";
  return {
      {"revision", "SELECT revision FROM config_revision"},
      {"lock_revision", "SELECT revision FROM config_revision FOR UPDATE"},
      {"all_resources", "SELECT r.kind, r.name, " + row + " FROM config_resources r"},
      {"all_secrets", secret + " FROM config_secrets s" + by_place},
      {"count_changes", "SELECT count(*) FROM config_audit WHERE revision > $1"},
      {"changed_resources",
       "SELECT c.kind, c.name, " + row + kChangedIds +
           "LEFT JOIN config_resources r ON r.kind = c.kind AND r.name = c.name"},
      {"changed_secrets", secret + kChangedIds +
                              "JOIN config_secrets s ON s.kind = c.kind AND s.name = c.name" +
                              by_place},
      {"delete_resource", "DELETE FROM config_resources WHERE kind = $1 AND name = $2"},
      {"upsert_resource",
       "INSERT INTO config_resources (kind, name, revision, created_revision, created_at, "
       "updated_at, body) VALUES ($1, $2, $3, $4, " +
           TimeParameter(5) + ", " + TimeParameter(6) +
           ", $7) ON CONFLICT (kind, name) DO UPDATE SET revision = excluded.revision, "
           "updated_at = excluded.updated_at, body = excluded.body"},
      {"delete_secrets", "DELETE FROM config_secrets WHERE kind = $1 AND name = $2"},
      {"insert_secret",
       "INSERT INTO config_secrets (kind, name, position, credential_id, key_id, sealed) "
       "VALUES ($1, $2, $3, $4, $5, $6)"},
      {"insert_audit",
       "INSERT INTO config_audit (revision, time, actor, action, kind, name, before_json, "
       "after_json) VALUES ($1, " +
           TimeParameter(2) + ", $3, $4, $5, $6, $7, $8)"},
      {"advance_revision", "UPDATE config_revision SET revision = $1"},
      {"list_audit", "SELECT revision, " + TimeColumn("time") +
                         ", actor, action, kind, name, before_json, after_json FROM config_audit "
                         "WHERE ($1::bigint = 0 OR revision < $1) AND ($2::text = '' OR kind = $2) "
                         "AND ($3::text = '' OR name = $3) ORDER BY revision DESC LIMIT $4"},
      {"insert_meta", "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING"},
      {"select_meta", "SELECT value FROM meta WHERE name = $1"},
  };
}

class Reader : public ConfigReader {
 public:
  // `revision_statement` is the one that reads the revision, with or without a lock.
  Reader(pqxx::transaction_base& transaction, const char* revision_statement)
      : transaction_(transaction), revision_statement_(revision_statement) {}

  Result<uint64_t> ReadRevision() override {
    return transaction_.exec_prepared1(revision_statement_)[0].as<uint64_t>();
  }

  Result<std::vector<ChangedResource>> ReadAll() override {
    return Read(transaction_.exec_prepared("all_secrets"),
                transaction_.exec_prepared("all_resources"));
  }

  Result<std::vector<ChangedResource>> ReadChanged(uint64_t after, uint64_t revision,
                                                   bool* complete) override {
    *complete =
        transaction_.exec_prepared1("count_changes", after)[0].as<uint64_t>() == revision - after;
    if (!*complete) return std::vector<ChangedResource>();
    return Read(transaction_.exec_prepared("changed_secrets", after),
                transaction_.exec_prepared("changed_resources", after));
  }

 private:
  static Result<std::vector<ChangedResource>> Read(const pqxx::result& secret_rows,
                                                   const pqxx::result& rows) {
    std::map<ResourceId, std::vector<SealedSecret>> secrets;
    for (const pqxx::row& row : secret_rows) {
      secrets[{row[0].c_str(), row[1].c_str()}].push_back(
          {row[2].c_str(), row[3].c_str(), BytesOf(row[4])});
    }
    std::vector<ChangedResource> changed;
    changed.reserve(rows.size());
    for (const pqxx::row& row : rows) {
      ResourceId id{row[0].c_str(), row[1].c_str()};
      if (row[2].is_null()) {
        changed.push_back({std::move(id), nullptr});
        continue;
      }
      auto stored = std::make_shared<StoredResource>();
      TRY_ASSIGN(stored->resource, ParseRow(id.first, id.second, {row[6].c_str(), row[6].size()}));
      stored->resource.set_revision(row[2].as<uint64_t>());
      stored->resource.set_created_revision(row[3].as<uint64_t>());
      stored->created_at = FromMicros(row[4].as<int64_t>());
      stored->updated_at = FromMicros(row[5].as<int64_t>());
      if (auto own = secrets.find(id); own != secrets.end()) {
        stored->secrets = std::move(own->second);
      }
      changed.push_back({std::move(id), std::move(stored)});
    }
    return changed;
  }

  pqxx::transaction_base& transaction_;
  const char* const revision_statement_;
};

void Write(pqxx::transaction_base& transaction, const ChangePlan& plan) {
  const auto& [kind, name] = plan.id;
  if (plan.next == nullptr) {
    // Its secrets go with it.
    transaction.exec_prepared0("delete_resource", kind, name);
  } else {
    transaction.exec_prepared0("upsert_resource", kind, name, plan.next->resource.revision(),
                               plan.next->resource.created_revision(),
                               ToMicros(plan.next->created_at), ToMicros(plan.next->updated_at),
                               plan.body_json);
    transaction.exec_prepared0("delete_secrets", kind, name);
    int position = 0;
    for (const SealedSecret& secret : plan.next->secrets) {
      transaction.exec_prepared0("insert_secret", kind, name, position++, secret.credential_id,
                                 secret.key_id, pqxx::binarystring(secret.sealed));
    }
  }
  const AuditRecord& audit = plan.audit;
  transaction.exec_prepared0("insert_audit", audit.revision, ToMicros(audit.time), audit.actor,
                             audit.action, audit.kind, audit.name, audit.before_json,
                             audit.after_json);
  transaction.exec_prepared0("advance_revision", audit.revision);
}

}  // namespace

PostgresConfigStore::PostgresConfigStore(const DatabaseUrl& url, const Clock& clock)
    : clock_(clock), pool_(url, Statements(), kMaxConnections) {}

Status PostgresConfigStore::Open() {
  const auto opened = pool_.Run<bool>(
      [](pqxx::connection& connection) -> Result<bool> {
        TRY(PrepareSchema(connection));
        return true;
      },
      MayAlwaysRepeat);
  if (!opened) return Fail(opened.error());
  return {};
}

Result<std::string> PostgresConfigStore::StoreId() {
  return GetOrCreateMeta("store_id", crypto::RandomToken("store_", 10));
}

Result<std::shared_ptr<const ConfigState>> PostgresConfigStore::Load() {
  using State = std::shared_ptr<const ConfigState>;
  return pool_.Run<State>(
      [this](pqxx::connection& connection) -> Result<State> {
        const State known = cache_.Get();
        if (known != nullptr) {
          pqxx::nontransaction single(connection);
          if (single.exec_prepared1("revision")[0].as<uint64_t>() == known->revision) return known;
        }
        // One snapshot for all the queries.
        pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction(connection);
        Reader reader(transaction, "revision");
        return cache_.Refresh(reader);
      },
      MayAlwaysRepeat);
}

Result<Committed> PostgresConfigStore::Transact(const Decide& decide) {
  std::lock_guard turn(change_turn_);
  bool decided = false;
  return pool_.Run<Committed>(
      [&](pqxx::connection& connection) { return TransactOn(connection, decide, &decided); },
      // Deciding twice is not ours to do.
      [&] { return !decided; });
}

Result<Committed> PostgresConfigStore::TransactOn(pqxx::connection& connection,
                                                  const Decide& decide, bool* decided) {
  // Read committed on purpose: the row lock comes first, and what is read under it is current.
  pqxx::work transaction(connection);
  Reader reader(transaction, "lock_revision");
  TRY_ASSIGN(const std::shared_ptr<const ConfigState> current, cache_.Refresh(reader));
  *decided = true;
  TRY_ASSIGN(Change change, decide(*current));
  TRY_ASSIGN(const ChangePlan plan, PlanChange(*current, std::move(change), clock_.Wall()));
  Write(transaction, plan);
  transaction.commit();
  std::shared_ptr<const ConfigState> next = Apply(*current, plan);
  cache_.Advance(next);
  return Committed{std::move(next)};
}

Result<std::vector<AuditRecord>> PostgresConfigStore::ListAudit(const std::string& kind,
                                                                const std::string& name,
                                                                uint64_t before_revision,
                                                                size_t limit) {
  return pool_.Run<std::vector<AuditRecord>>(
      [&](pqxx::connection& connection) -> Result<std::vector<AuditRecord>> {
        pqxx::nontransaction transaction(connection);
        std::vector<AuditRecord> found;
        for (const pqxx::row& row :
             transaction.exec_prepared("list_audit", before_revision, kind, name, limit)) {
          RowSource source(row, 0);
          AuditRecord& record = found.emplace_back();
          record.revision = static_cast<uint64_t>(source.Int());
          record.time = FromMicros(source.Time());
          record.actor = source.Text();
          record.action = source.Text();
          record.kind = source.Text();
          record.name = source.Text();
          record.before_json = source.Text();
          record.after_json = source.Text();
        }
        return found;
      },
      MayAlwaysRepeat);
}

Result<std::string> PostgresConfigStore::GetOrCreateMeta(const std::string& name,
                                                         const std::string& initial) {
  return pool_.Run<std::string>(
      [&](pqxx::connection& connection) -> Result<std::string> {
        pqxx::work transaction(connection);
        transaction.exec_prepared0("insert_meta", name, pqxx::binarystring(initial));
        std::string value = BytesOf(transaction.exec_prepared1("select_meta", name)[0]);
        transaction.commit();
        return value;
      },
      MayAlwaysRepeat);
}

Status PostgresConfigStore::Ping() {
  TRY(pool_.Run<bool>(
      [](pqxx::connection& connection) -> Result<bool> {
        pqxx::nontransaction(connection).exec_prepared1("revision");
        return true;
      },
      MayAlwaysRepeat));
  return {};
}

}  // namespace llmgw::controlplane::store::postgres
