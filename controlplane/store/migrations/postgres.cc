#include <array>

#include "controlplane/store/migrations/migration.h"

namespace llmgw::controlplane::store {
namespace {

// Names are compared byte by byte (COLLATE "C"): the order does not depend on the server's locale
// and the indexes are smaller and faster. Bodies of resources are json and not jsonb, because jsonb
// refuses the character U+0000 in a string and rewrites what it stores.
constexpr const char* kFirst = R"sql(
CREATE TABLE meta (
  name  text COLLATE "C" PRIMARY KEY,
  value bytea NOT NULL
);

-- One row. Locking it (SELECT … FOR UPDATE) is the change lock.
CREATE TABLE config_revision (
  id       integer PRIMARY KEY CHECK (id = 1),
  revision bigint NOT NULL
);
INSERT INTO config_revision (id, revision) VALUES (1, 0);

CREATE TABLE config_resources (
  kind             text COLLATE "C" NOT NULL,
  name             text COLLATE "C" NOT NULL,
  revision         bigint NOT NULL,
  created_revision bigint NOT NULL,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  body             json NOT NULL,
  PRIMARY KEY (kind, name)
);

CREATE TABLE config_secrets (
  kind          text COLLATE "C" NOT NULL,
  name          text COLLATE "C" NOT NULL,
  position      integer NOT NULL,
  credential_id text COLLATE "C" NOT NULL,
  key_id        text COLLATE "C" NOT NULL,
  sealed        bytea NOT NULL,
  PRIMARY KEY (kind, name, position),
  FOREIGN KEY (kind, name) REFERENCES config_resources (kind, name) ON DELETE CASCADE
);

-- History for people and change feed for the program: exactly one row per revision.
CREATE TABLE config_audit (
  revision    bigint PRIMARY KEY,
  time        timestamptz NOT NULL,
  actor       text NOT NULL,
  action      text COLLATE "C" NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  name        text COLLATE "C" NOT NULL,
  before_json text NOT NULL,
  after_json  text NOT NULL
);
CREATE INDEX config_audit_by_resource ON config_audit (kind, name, revision);

CREATE TABLE request_records (
  sequence              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id            text COLLATE "C" NOT NULL UNIQUE,
  time                  timestamptz NOT NULL,
  dataplane_id          text COLLATE "C" NOT NULL,
  route                 text COLLATE "C" NOT NULL,
  upstream              text COLLATE "C" NOT NULL,
  key_id                text COLLATE "C" NOT NULL,
  client_address        text COLLATE "C" NOT NULL,
  method                text COLLATE "C" NOT NULL,
  path                  text COLLATE "C" NOT NULL,
  model_asked           text COLLATE "C" NOT NULL,
  model_served          text COLLATE "C" NOT NULL,
  stream                boolean NOT NULL,
  status                integer NOT NULL,
  reason                text COLLATE "C" NOT NULL,
  fault                 text COLLATE "C" NOT NULL,
  request_bytes         bigint NOT NULL,
  response_bytes        bigint NOT NULL,
  first_byte_us         bigint NOT NULL,
  total_us              bigint NOT NULL,
  gateway_us            bigint NOT NULL,
  input_tokens          bigint,
  output_tokens         bigint,
  cached_input_tokens   bigint,
  reasoning_tokens      bigint,
  user_agent            text NOT NULL,
  bodies_truncated      boolean NOT NULL,
  response_content_type text NOT NULL
);
CREATE INDEX request_records_by_time ON request_records (time DESC, request_id DESC);
CREATE INDEX request_records_by_key ON request_records (key_id, time DESC, request_id DESC);
CREATE INDEX request_records_by_upstream ON request_records (upstream, time DESC, request_id DESC);
-- By status one looks for failures, which are few: the index stays small and cheap.
CREATE INDEX request_records_of_failures ON request_records (time DESC, request_id DESC)
  WHERE status >= 400;

-- No foreign keys between the log tables: only Append writes them, all three in one transaction,
-- and checking each attempt would cost a third of the rate.
CREATE TABLE request_attempts (
  request_id        text COLLATE "C" NOT NULL,
  number            bigint NOT NULL,
  upstream          text COLLATE "C" NOT NULL,
  credential_id     text COLLATE "C" NOT NULL,
  time              timestamptz NOT NULL,
  status            integer NOT NULL,
  outcome           text COLLATE "C" NOT NULL,
  connect_us        bigint NOT NULL,
  first_byte_us     bigint NOT NULL,
  total_us          bigint NOT NULL,
  address           text COLLATE "C" NOT NULL,
  reused_connection boolean NOT NULL,
  error             text NOT NULL,
  PRIMARY KEY (request_id, number)
);

CREATE TABLE request_bodies (
  request_id    text COLLATE "C" PRIMARY KEY,
  request_body  bytea NOT NULL,
  response_body bytea NOT NULL
);
)sql";

constexpr std::array kMigrations = {
    Migration{1, "configuration, audit and request logs", kFirst},
};

}  // namespace

std::span<const Migration> PostgresMigrations() { return kMigrations; }

}  // namespace llmgw::controlplane::store
