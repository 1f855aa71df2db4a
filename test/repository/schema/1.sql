PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE nodes (
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
  ) STRICT, WITHOUT ROWID;
CREATE TABLE flows (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    settings TEXT NOT NULL,
    desired TEXT NOT NULL DEFAULT 'stopped' CHECK (desired IN ('stopped', 'running', 'paused')),
    deployed_version INTEGER,
    FOREIGN KEY (id, deployed_version) REFERENCES versions (flow, number) DEFERRABLE INITIALLY DEFERRED
  ) STRICT, WITHOUT ROWID;
CREATE TABLE drafts (
    flow TEXT PRIMARY KEY REFERENCES flows (id) ON DELETE CASCADE,
    document TEXT NOT NULL,
    tests TEXT NOT NULL,
    revision INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
CREATE TABLE versions (
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
  ) STRICT;
CREATE TRIGGER versions_stay BEFORE UPDATE ON versions
    BEGIN SELECT RAISE(ABORT, 'a version is immutable'); END;
CREATE TRIGGER versions_are_kept BEFORE DELETE ON versions WHEN EXISTS (SELECT 1 FROM flows WHERE id = OLD.flow)
    BEGIN SELECT RAISE(ABORT, 'a version goes with its flow only'); END;
CREATE TABLE deploys (
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
  ) STRICT;
CREATE INDEX deploys_of_flow ON deploys (flow, id);
CREATE INDEX deploys_under_way ON deploys (state, id) WHERE state IN ('queued', 'running');
CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER,
    body TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
INSERT INTO nodes (hash, node_type, version, manifest, bytes, origin, deprecated, note, added_by, added_at) VALUES ('f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14', 'passer', '1.0.0', '{"node_type":"passer","version":"1.0.0","title":"passer","description":"A node of a test.","category":"test","inputs":[{"name":"in","type":"tag"}],"outputs":[{"name":"out","type":"tag"}]}', 12, 'upload', 0, NULL, 'ada', 1000);
INSERT INTO flows (id, name, created_at, created_by, settings, desired, deployed_version) VALUES ('boiler', 'Boiler', 1000, 'ada', '{"overload":"drop","test_before_deploy":true,"probation_ms":5000}', 'running', 1);
INSERT INTO flows (id, name, created_at, created_by, settings, desired, deployed_version) VALUES ('pump', 'Pump''s', 2000, 'ada', '{}', 'stopped', NULL);
INSERT INTO drafts (flow, document, tests, revision, updated_by, updated_at) VALUES ('boiler', '{"name":"draft"}', '[{"name":"a","text":"b"}]', 7, 'ada', 3000);
INSERT INTO drafts (flow, document, tests, revision, updated_by, updated_at) VALUES ('pump', '{"name":"draft"}', '[{"name":"a","text":"b"}]', 7, 'ada', 3000);
INSERT INTO versions (flow, number, document, canonical, sha256, tests, message, author, created_at) VALUES ('boiler', 1, '{"format":"fusewire.flow/1","name":"boiler","nodes":[{"id":"a","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"},{"id":"b","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"}],"wires":[],"layout":{"a":1}}', '{"format":"fusewire.flow/1","name":"boiler","nodes":[{"id":"a","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"},{"id":"b","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"}],"wires":[]}', 'd792e62331dedd2d53d8ba8890b2cca67a503a4dce34088f8512e652434b328e', '[]', 'version 1', 'ada', 4001);
INSERT INTO versions (flow, number, document, canonical, sha256, tests, message, author, created_at) VALUES ('boiler', 2, '{"format":"fusewire.flow/1","name":"boiler","nodes":[{"id":"a","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"},{"id":"b","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"}],"wires":[],"layout":{"a":2}}', '{"format":"fusewire.flow/1","name":"boiler","nodes":[{"id":"a","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"},{"id":"b","node_type":"passer","wasm_hash":"f6eb84836fbe505674f8e9b1268d56282da5475fce68e69439265059d5b9de14"}],"wires":[]}', 'd792e62331dedd2d53d8ba8890b2cca67a503a4dce34088f8512e652434b328e', '[]', 'version 2', 'ada', 4002);
INSERT INTO deploys (id, flow, version, kind, state, stage, stages, by, created_at, started_at, ended_at, report, diagnostics, error) VALUES (1, 'boiler', 1, 'deploy', 'done', 'take over', '[{"stage":"take over","began_at":5000,"ended_at":5001}]', 'ada', 5000, 5000, 5001, '{"bytes":1}', '[]', 'null');
INSERT INTO deploys (id, flow, version, kind, state, stage, stages, by, created_at, started_at, ended_at, report, diagnostics, error) VALUES (2, 'boiler', 2, 'deploy', 'running', 'merge', '[{"stage":"merge","began_at":6000,"ended_at":null}]', 'ada', 6000, 6000, NULL, 'null', '[]', 'null');
INSERT INTO idempotency (scope, key, request_hash, status, body, created_at) VALUES ('deploy', 'k1', 'h', 202, '{}', 6000);
PRAGMA application_id = 1180124226;
PRAGMA user_version = 1;
COMMIT;
