/** Limits of the embedded storage. Beyond one stands `storage-full` or `too-large`, or the oldest go where that is said. */
export const REPOSITORY_LIMITS = {
  /** The database; blobs are beside it. */
  database_bytes: 4 * 1024 ** 3,
  /** Rows of one page of a list, unless asked otherwise. */
  page_rows: 100,
  page_rows_max: 1_000,
  /** One blob; a node may have `NODE_LIMITS.module_bytes`. */
  blob_bytes: 16 * 1024 * 1024,
  nodes: 10_000,
  flows: 1_000,
  versions_per_flow: 100_000,
  /** Name, message, note: bytes of one short text. */
  text_bytes: 4 * 1024,
  /** Golden tests of one flow, names included. */
  tests_bytes: 4 * 1024 * 1024,
  probation_ms_max: 3_600_000,
  /** Jobs kept of one flow; the oldest that have ended go. */
  deploys_per_flow: 1_000,
  /** Report of one job, or details of one audit entry. */
  json_bytes: 1024 * 1024,
  idempotency_keys: 10_000,
  idempotency_ms: 24 * 3_600_000,
  idempotency_body_bytes: 1024 * 1024,
  users: 1_000,
  /** Of one user; the one seen longest ago goes. */
  sessions_per_user: 100,
  tokens_per_user: 100,
  /** The oldest go. */
  audit_entries: 100_000,
  secrets: 1_000,
  secret_bytes: 64 * 1024,
  /** A flow with its nodes in one file. */
  bundle_bytes: 64 * 1024 * 1024,
  bundle_nodes: 1_024,
  /** A larger database is not read through when it is opened. */
  quick_check_bytes: 256 * 1024 * 1024,
} as const;
