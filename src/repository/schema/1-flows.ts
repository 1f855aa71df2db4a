/** Version 1: the node library, flows, deploys. What is released is never edited: changes are a further file. */
export const FLOWS_SCHEMA = [
  `CREATE TABLE nodes (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    node_type TEXT NOT NULL,
    version TEXT NOT NULL,
    manifest TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('built-in', 'upload')),
    deprecated INTEGER NOT NULL DEFAULT 0 CHECK (deprecated IN (0, 1)),
    note TEXT,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (node_type, version)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE flows (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    settings TEXT NOT NULL,
    desired TEXT NOT NULL DEFAULT 'stopped' CHECK (desired IN ('stopped', 'running', 'paused')),
    deployed_version INTEGER,
    FOREIGN KEY (id, deployed_version) REFERENCES versions (flow, number) DEFERRABLE INITIALLY DEFERRED
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE drafts (
    flow TEXT PRIMARY KEY REFERENCES flows (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    tests TEXT NOT NULL,
    revision INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE versions (
    flow TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 1),
    document TEXT NOT NULL,
    canonical TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    tests TEXT NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (flow, number)
  ) STRICT`,
  `CREATE TRIGGER versions_stay BEFORE UPDATE ON versions
    BEGIN SELECT RAISE(ABORT, 'a version is immutable'); END`,
  // With its flow it goes: the flow's row is gone by then.
  `CREATE TRIGGER versions_are_kept BEFORE DELETE ON versions WHEN EXISTS (SELECT 1 FROM flows WHERE id = OLD.flow)
    BEGIN SELECT RAISE(ABORT, 'a version goes with its flow only'); END`,
  `CREATE TABLE deploys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flow TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    version INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('deploy', 'start', 'stop', 'pause', 'resume', 'rollback')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    stage TEXT,
    stages TEXT NOT NULL DEFAULT '[]',
    by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    report TEXT NOT NULL DEFAULT 'null',
    diagnostics TEXT NOT NULL DEFAULT '[]',
    error TEXT NOT NULL DEFAULT 'null',
    FOREIGN KEY (flow, version) REFERENCES versions (flow, number)
  ) STRICT`,
  'CREATE INDEX deploys_of_flow ON deploys (flow, id)',
  "CREATE INDEX deploys_under_way ON deploys (state, id) WHERE state IN ('queued', 'running')",
  `CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER,
    body TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX idempotency_by_age ON idempotency (created_at)',
];
