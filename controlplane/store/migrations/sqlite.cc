#include <array>

#include "controlplane/store/migrations/migration.h"

namespace llmgw::controlplane::store {
namespace {

// Times are microseconds since 1970. Booleans are 0 or 1.
constexpr const char* kFirst = R"sql(
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- One row. Updating it is the first write of every change.
CREATE TABLE config_revision (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
);
INSERT INTO config_revision (id, revision) VALUES (1, 0);

CREATE TABLE config_resources (
  kind             TEXT NOT NULL,
  name             TEXT NOT NULL,
  revision         INTEGER NOT NULL,
  created_revision INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  body             TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID;

CREATE TABLE config_secrets (
  kind          TEXT NOT NULL,
  name          TEXT NOT NULL,
  position      INTEGER NOT NULL,
  credential_id TEXT NOT NULL,
  key_id        TEXT NOT NULL,
  sealed        BLOB NOT NULL,
  PRIMARY KEY (kind, name, position),
  FOREIGN KEY (kind, name) REFERENCES config_resources (kind, name) ON DELETE CASCADE
) WITHOUT ROWID;

-- History for people and change feed for the program: exactly one row per revision.
CREATE TABLE config_audit (
  revision    INTEGER PRIMARY KEY,
  time        INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  action      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  before_json TEXT NOT NULL,
  after_json  TEXT NOT NULL
);
CREATE INDEX config_audit_by_resource ON config_audit (kind, name, revision);

-- AUTOINCREMENT: a sequence is never given twice, even after the newest rows were deleted.
CREATE TABLE request_records (
  sequence              INTEGER PRIMARY KEY AUTOINCREMENT,
  request_id            TEXT NOT NULL UNIQUE,
  time                  INTEGER NOT NULL,
  dataplane_id          TEXT NOT NULL,
  route                 TEXT NOT NULL,
  upstream              TEXT NOT NULL,
  key_id                TEXT NOT NULL,
  client_address        TEXT NOT NULL,
  method                TEXT NOT NULL,
  path                  TEXT NOT NULL,
  model_asked           TEXT NOT NULL,
  model_served          TEXT NOT NULL,
  stream                INTEGER NOT NULL,
  status                INTEGER NOT NULL,
  reason                TEXT NOT NULL,
  fault                 TEXT NOT NULL,
  request_bytes         INTEGER NOT NULL,
  response_bytes        INTEGER NOT NULL,
  first_byte_us         INTEGER NOT NULL,
  total_us              INTEGER NOT NULL,
  gateway_us            INTEGER NOT NULL,
  input_tokens          INTEGER,
  output_tokens         INTEGER,
  cached_input_tokens   INTEGER,
  reasoning_tokens      INTEGER,
  user_agent            TEXT NOT NULL,
  bodies_truncated      INTEGER NOT NULL,
  response_content_type TEXT NOT NULL
);
CREATE INDEX request_records_by_time ON request_records (time DESC, request_id DESC);
CREATE INDEX request_records_by_key ON request_records (key_id, time DESC, request_id DESC);
CREATE INDEX request_records_by_upstream ON request_records (upstream, time DESC, request_id DESC);
-- By status one looks for failures, which are few: the index stays small and cheap.
CREATE INDEX request_records_of_failures ON request_records (time DESC, request_id DESC)
  WHERE status >= 400;

CREATE TABLE request_attempts (
  request_id        TEXT NOT NULL,
  number            INTEGER NOT NULL,
  upstream          TEXT NOT NULL,
  credential_id     TEXT NOT NULL,
  time              INTEGER NOT NULL,
  status            INTEGER NOT NULL,
  outcome           TEXT NOT NULL,
  connect_us        INTEGER NOT NULL,
  first_byte_us     INTEGER NOT NULL,
  total_us          INTEGER NOT NULL,
  address           TEXT NOT NULL,
  reused_connection INTEGER NOT NULL,
  error             TEXT NOT NULL,
  PRIMARY KEY (request_id, number)
) WITHOUT ROWID;

CREATE TABLE request_bodies (
  request_id    TEXT PRIMARY KEY,
  request_body  BLOB NOT NULL,
  response_body BLOB NOT NULL
);
)sql";

constexpr std::array kMigrations = {
    Migration{1, "configuration, audit and request logs", kFirst},
};

}  // namespace

std::span<const Migration> SqliteMigrations() { return kMigrations; }

}  // namespace llmgw::controlplane::store
