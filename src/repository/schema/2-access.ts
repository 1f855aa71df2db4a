/** Version 2: users, sessions, tokens, audit, secrets; which versions a node's hash stands in. */
export const ACCESS_SCHEMA = [
  // No foreign key on the hash: a node may be removed while old versions still name it.
  `CREATE TABLE pins (
    hash TEXT NOT NULL,
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (hash, flow, version),
    FOREIGN KEY (flow, version) REFERENCES versions (flow, number) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX pins_of_version ON pins (flow, version)',
  `INSERT INTO pins (hash, flow, version)
    SELECT DISTINCT node.value ->> '$.wasm_hash', flow, number
    FROM versions, json_each(document, '$.nodes') AS node WHERE node.value ->> '$.wasm_hash' IS NOT NULL`,
  `CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'operator', 'admin')),
    password_hash TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE sessions (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    csrf_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    address TEXT
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX sessions_of_user ON sessions (user, last_seen_at)',
  'CREATE INDEX sessions_by_end ON sessions (expires_at)',
  `CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'operator', 'admin')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT`,
  'CREATE INDEX tokens_of_user ON tokens (user, id)',
  `CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT,
    details TEXT NOT NULL,
    address TEXT
  ) STRICT`,
  'CREATE INDEX audit_of_actor ON audit (actor, id)',
  'CREATE INDEX audit_of_target ON audit (target, id)',
  `CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit grows only'); END`,
  // As `REPOSITORY_LIMITS.audit_entries`: only what is older than so many may go.
  `CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    WHEN OLD.id > (SELECT max(id) FROM audit) - 100000
    BEGIN SELECT RAISE(ABORT, 'the audit grows only'); END`,
  `CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    nonce BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    key_id TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    updated_by TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
];
