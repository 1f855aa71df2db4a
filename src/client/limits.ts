const MIB = 1024 * 1024;

/** Limits of the client: what a gateway may send before it is not believed any more, and how long one tries again. */
export const CLIENT_LIMITS = {
  /** Of an answer in JSON. */
  answer_bytes: 64 * MIB,
  /** Of an answer in bytes: bundles, modules, recordings, exports. */
  download_bytes: 256 * MIB,
  /** UTF-16 units of one event. */
  event_chars: 16 * MIB,
  /** How often it is sent again when the connection was lost: deploys and the like, by their key, and what only reads. */
  retries: 6,
  read_retries: 2,
  backoff_ms: 250,
  backoff_ms_max: 10_000,
} as const;
export type ClientLimits = { readonly [K in keyof typeof CLIENT_LIMITS]: number };
