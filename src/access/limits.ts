/** Limits of access. */
export const ACCESS_LIMITS = {
  password_bytes: 1_024,
  /** Passwords hashed at once: each takes 32 MiB and most of a core for a while. */
  hashes_at_once: 2,
  /** And waiting; beyond it logins are refused. */
  hashes_waiting: 32,
  /** Of a Cookie or Authorization header. */
  header_chars: 8_192,
  /** Users, and addresses, whose failed logins are remembered; the ones longest ago go. */
  throttled: 10_000,
  /** A session or a token that is used is noted so often at most. */
  touch_ms: 60_000,
  token_days: 3_650,
  token_days_default: 90,
  /** Failed logins that go into the audit log, a minute; a flood must not push out the rest. */
  audited_failures: 30,
  secret_bytes: 16 * 1_024,
} as const;
