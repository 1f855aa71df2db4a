import { FRAMING, isPattern, readTagUpdate } from '#abi';
import { API_LIMITS, type TracedRecordDto } from '#api';
import { GatewayError } from '#diagnostic';
import { type TraceHop, tracedRecord } from '#engine';
import { type Ingest, PatternTrie, type Subscription } from '#ingest';
import type { FlowHost } from './flow-host.ts';

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

export interface CopyRequest {
  readonly match: string;
  readonly count: number;
  readonly within_ms: number;
}

const AT_ONCE = 8;
/** Spans that are traced before the first trace is back: a fast driver's span has a thousand records, and each is traced. */
const SPANS_AHEAD = 2;
/** What is not back by then was dropped. */
const LOST_MS = 100;

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
    const host = this.#host(flow);
    host.running();
    const wanted = matcher(match);
    const found: TracedRecordDto[] = [];
    const most = Math.min(records, API_LIMITS.trace_records);
    let ahead = 0;
    let traced_ms = 0;
    await this.#watch(match, within_ms, signal, over => {
      const stop = host.onTrace(trace => {
        ahead = 0;
        if (found.length >= most || trace.what !== 'record' || !wanted(tagOf(trace.hops[0]))) return;
        found.push(tracedRecord(trace));
        if (found.length >= most) over();
      });
      // First in line: when the flow is given its part of the span, it knows already.
      const take = (): boolean => {
        const now = performance.now();
        if (now - traced_ms > LOST_MS) ahead = 0;
        if (found.length >= most || ahead >= SPANS_AHEAD) return true;
        ahead += 1;
        traced_ms = now;
        host.gateway?.sample(true);
        return true;
      };
      return { take, stop };
    });
    return { records: found, complete: found.length >= records };
  }

  /** Copies of the next messages with a matching tag, as they come in. @throws GatewayError pattern-invalid, busy */
  async copy({ match, count, within_ms }: CopyRequest, signal: AbortSignal): Promise<Uint8Array[]> {
    const copies: Uint8Array[] = [];
    await this.#watch(match, within_ms, signal, over => ({
      stop: () => undefined,
      take: (_driver, framing, span) => {
        for (const message of messagesIn(framing, span)) {
          if (copies.length >= count) break;
          copies.push(message.slice());
        }
        if (copies.length >= count) over();
        return true;
      },
    }));
    return copies;
  }

  /** Stands first at the ingest for a while. */
  async #watch(
    match: string,
    within_ms: number,
    signal: AbortSignal,
    watch: (over: () => void) => { readonly take: Subscription['take']; readonly stop: () => void },
  ): Promise<void> {
    if (!isPattern(match)) throw new GatewayError('pattern-invalid', match);
    if (this.#open >= AT_ONCE) throw new GatewayError('busy', 'traces', `${AT_ONCE} are under way`);
    this.#open += 1;
    this.#count += 1;
    const id = `trace:${this.#count}`;
    const done = Promise.withResolvers<void>();
    const over = (): void => done.resolve();
    const timer = setTimeout(over, Math.min(within_ms, API_LIMITS.trace_ms));
    signal.addEventListener('abort', over);
    const { take, stop } = watch(over);
    this.#ingest.subscribe({ id, patterns: [match], first: true, take });
    try {
      if (!signal.aborted) await done.promise;
    } finally {
      this.#ingest.unsubscribe(id);
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      this.#open -= 1;
    }
  }
}

/** Messages of a span of whole frames; views. */
function* messagesIn(framing: number, span: Uint8Array): Generator<Uint8Array> {
  const header = framing === FRAMING.sp_ipc ? 9 : 8;
  const view = new DataView(span.buffer, span.byteOffset, span.length);
  for (let at = 0; at + header <= span.length; ) {
    const end = at + header + view.getUint32(at + header - 4);
    yield span.subarray(at + header, end);
    at = end;
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
