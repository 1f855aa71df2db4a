import { RING_LIMITS } from '#abi';

const MIB = 1024 * 1024;

/** Limits of one ingest. The router's memory is laid out for them: they can be lowered, not raised. */
export const INGEST_LIMITS = {
  /** Tags remembered; beyond it tags are matched each time, which is counted. */
  tags: 131_072,
  /** Bytes of all remembered tags together. */
  tags_bytes: 16 * MIB,
  /** A longer tag is not remembered. */
  tag_bytes: 1_024,
  /** When there is no room, tags not seen for so long are forgotten … */
  tag_idle_us: 600_000_000,
  /** … looked for at most this often. */
  sweep_us: 60_000_000,
  /** Flows. */
  subscribers: 1_024,
  /** Drivers connected at once. */
  drivers: 1_024,
  /** Frames are routed in pieces of so many bytes; a longer frame goes alone. */
  chunk_bytes: 131_072,
  /** One message, and the longest that a listener may let in. */
  message_bytes: RING_LIMITS.message_bytes,
  /** Tags in one answer. */
  listed_tags: 10_000,
  /** First bytes of a malformed message that are shown, at most once in this time. */
  malformed_sample_bytes: 64,
  malformed_sample_ms: 1_000,
} as const;
export type IngestLimits = { readonly [K in keyof typeof INGEST_LIMITS]: number };
