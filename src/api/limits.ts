const MIB = 1024 * 1024;

/** Limits of the HTTP API. */
export const API_LIMITS = {
  /** Of a request, unless its route says otherwise. */
  body_bytes: MIB,
  /** A flow document with its tests. */
  draft_bytes: 5 * MIB,
  /** A node's file, and what multipart adds to it. */
  node_bytes: 17 * MIB,
  /** A bundle, or a fused flow. */
  bundle_bytes: 96 * MIB,
  /** Items of one page. */
  page: 500,
  page_default: 100,
  /** Records of one trace. */
  trace_records: 100,
  trace_ms: 60_000,
  /** Messages of one try. */
  try_messages: 1_000,
  /** Golden tests of one flow, and bytes of each. */
  tests: 50,
  test_bytes: 256 * 1024,
  /** Who listens to events at the same time. */
  event_streams: 64,
  /** Events a second to one listener, whatever happens. */
  events_per_s: 10,
  text_chars: 2_000,
} as const;
