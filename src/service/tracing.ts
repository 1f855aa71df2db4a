import { readTagUpdate } from '#abi';
import { API_LIMITS, type TracedRecordDto } from '#api';
import { GatewayError } from '#diagnostic';
import type { Trace, TraceHop } from '#gateway';
import { type Ingest, isPattern, PatternTrie } from '#ingest';
import type { FlowHost } from './flow-host.ts';
import { payloadOf } from './payloads.ts';

export interface TraceRequest {
  /** Tag pattern; default: all. */
  readonly match?: string | undefined;
  /** Default 1. */
  readonly records?: number | undefined;
  /** Default 5,000. */
  readonly within_ms?: number | undefined;
}
export interface TraceAnswer {
  readonly records: TracedRecordDto[];
  /** false: the time was over before so many came. */
  readonly complete: boolean;
}

const TRACES_AT_ONCE = 8;

/** Follows records through a running flow: of spans that hold a matching tag every record is traced, all others run as ever. */
export class Tracing {
  readonly #ingest: Ingest;
  readonly #host: (flow: string) => FlowHost;
  #count = 0;
  #open = 0;

  constructor(ingest: Ingest, host: (flow: string) => FlowHost) {
    this.#ingest = ingest;
    this.#host = host;
  }

  /** @throws GatewayError pattern-invalid, not-running, busy */
  async trace(
    flow: string,
    { match = '#', records = 1, within_ms = 5_000 }: TraceRequest,
    signal: AbortSignal,
  ): Promise<TraceAnswer> {
    if (!isPattern(match)) throw new GatewayError('pattern-invalid', match);
    const host = this.#host(flow);
    host.running();
    const found: TracedRecordDto[] = [];
    await this.#follow(match, {
      onSpan: () => host.gateway?.traceNext(),
      listen: take => host.onTrace(take),
      take: trace => found.push(tracedDto(trace)) >= Math.min(records, API_LIMITS.trace_records),
      within_ms: Math.min(within_ms, API_LIMITS.trace_ms),
      signal,
    });
    return { records: found, complete: found.length >= records };
  }

  async #follow(
    match: string,
    {
      onSpan,
      listen,
      take,
      within_ms,
      signal,
    }: {
      readonly onSpan: () => void;
      readonly listen: (take: (trace: Trace) => void) => () => void;
      /** @returns true: that is all */
      readonly take: (trace: Trace) => boolean;
      readonly within_ms: number;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    if (this.#open >= TRACES_AT_ONCE) throw new GatewayError('busy', 'traces', `${TRACES_AT_ONCE} are under way`);
    const wanted = matcher(match);
    this.#count += 1;
    const id = `trace:${this.#count}`;
    this.#open += 1;
    const done = Promise.withResolvers<void>();
    const over = (): void => done.resolve();
    const timer = setTimeout(over, within_ms);
    signal.addEventListener('abort', over);
    let full = false;
    const stop = listen(trace => {
      if (full || trace.what !== 'record' || !wanted(tagOf(trace.hops[0]))) return;
      full = take(trace);
      if (full) over();
    });
    // First in line: when the flow is given its part of the span it knows already.
    this.#ingest.subscribe({
      id,
      patterns: [match],
      first: true,
      take: () => {
        if (!full) onSpan();
        return true;
      },
    });
    try {
      await done.promise;
    } finally {
      this.#ingest.unsubscribe(id);
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      this.#open -= 1;
    }
  }
}

/** Whether a tag matches a pattern, as the router has it. */
export function matcher(match: string): (tag: string | null) => boolean {
  const trie = new PatternTrie();
  trie.add(0, [match]);
  return tag => tag !== null && trie.match(Buffer.from(tag, 'utf8').toString('latin1')).length > 0;
}

const TAG_KEY = 0x0a;

/** The tag of what came in; of a message that was cut, if its tag stands first. */
function tagOf(hop: TraceHop | undefined): string | null {
  if (!hop) return null;
  if (hop.body.length === hop.bytes) {
    const read = readTagUpdate(hop.body);
    return 'update' in read ? read.update.tag : null;
  }
  const length = hop.body[1] ?? 0;
  return hop.body[0] === TAG_KEY && length < 128
    ? Buffer.from(hop.body.subarray(2, 2 + length)).toString('utf8')
    : null;
}

export const tracedDto = ({ record, now_us, timestamp_us, hops, truncated, error }: Trace): TracedRecordDto => ({
  record,
  time: new Date(now_us / 1_000).toISOString(),
  timestamp_us,
  hops: hops.map(({ node, port, body, bytes, refused }) => ({ node, port, refused, payload: payloadOf(body, bytes) })),
  truncated: truncated > 0,
  error,
});
