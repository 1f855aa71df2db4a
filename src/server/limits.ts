const MIB = 1024 * 1024;

/** Limits of the HTTP server; those of what goes over it stand in `API_LIMITS`. */
export const SERVER_LIMITS = {
  connections: 1_024,
  /** Of one request: request line and headers. */
  header_bytes: 16 * 1024,
  headers: 100,
  /** From the first byte of a request until its headers are there. */
  headers_ms: 10_000,
  /** From the first byte of a request until its body is there: 96 MiB over a slow line. */
  request_ms: 300_000,
  /** A connection on which nothing moves at all. */
  idle_ms: 120_000,
  keep_alive_ms: 30_000,
  /** Answered in a second, over time; the others wait. `limits.requests_per_s` of the configuration. */
  requests_per_s: 500,
  /** Answered at once, after a time with fewer: a page of the studio asks for some dozens. */
  request_burst: 200,
  /** Requests that wait for their turn, of one sender and of all; one more is refused. */
  requests_waiting_each: 512,
  requests_waiting: 4_096,
  /** How often connections are looked at for these times. */
  check_ms: 1_000,
  /** Bodies of all requests that are being handled. */
  bodies_bytes: 160 * MIB,
  /** Nesting, and number of values, of a JSON body. */
  json_depth: 64,
  json_values: 500_000,
  query_parameters: 32,
  /** Findings in one problem. */
  findings: 50,
  idempotency_key_chars: 255,
  /** A comment on a silent event stream, so that both sides notice when the other is gone; also when access is asked again. */
  heartbeat_ms: 15_000,
  /** After which browsers connect again. */
  event_retry_ms: 2_000,
  /** Lines of the log kept for `/api/v1/logs`; UTF-16 units of each. */
  log_lines: 2_000,
  log_line_chars: 4_000,
  /** Of the log, waiting for a slow reader of stdout; beyond it lines are left out there. */
  log_pending_bytes: 4 * MIB,
  /** Lines kept for one who follows the log and does not read. */
  log_follower_lines: 1_000,
  /** Time series of one scrape. */
  series: 50_000,
  /** Of JSON; longer answers go compressed to who takes it so. Less is not worth a turn of the thread pool. */
  plain_chars: 8 * 1024,
  /** Of a file of the studio. */
  static_bytes: 16 * MIB,
} as const;
