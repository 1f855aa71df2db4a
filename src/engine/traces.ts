import { decodeUtf8, EGRESS_KIND, ENTRY, type FlowPlan, portCount, readHop, TRACE_LIMITS } from '#abi';
import type { FlowArtifact } from './engine.ts';
import { type Payload, payloadOf } from './payload.ts';
import type { EgressRecord } from './rings.ts';

/** One step of a record on its way. */
export interface TraceHop {
  /** null: what came in. */
  readonly node: string | null;
  /** Output port on which it was emitted, `sink` for what a sink gives to its connector, input port if refused; `in`: what came in. */
  readonly port: string;
  /** Length of the message. */
  readonly bytes: number;
  /** Its first bytes, up to `TRACE_LIMITS.hop_bytes`; of a refusal the reason. */
  readonly body: Uint8Array;
  readonly refused: boolean;
}

/** The way of one record, tick or message for one node, hop by hop, depth first. */
export interface Trace {
  readonly what: 'record' | 'tick' | 'direct';
  /** Number of the ingress record; a tick has that of the record before it. */
  readonly record: number;
  readonly now_us: number;
  readonly timestamp_us: number;
  readonly hops: readonly TraceHop[];
  /** Hops beyond `TRACE_LIMITS.hops`. */
  readonly truncated: number;
  /** The first reason for which a node refused its message. */
  readonly error: string | null;
}

/** A hop for people; over HTTP it is the same. */
export interface TracedHop {
  readonly node: string | null;
  readonly port: string;
  readonly refused: boolean;
  readonly payload: Payload;
}
/** A trace for people; over HTTP it is the same. */
export interface TracedRecord {
  readonly record: number;
  readonly time: string;
  readonly timestamp_us: number;
  readonly hops: TracedHop[];
  readonly truncated: boolean;
  readonly error: string | null;
}
export const tracedRecord = ({ record, now_us, timestamp_us, hops, truncated, error }: Trace): TracedRecord => ({
  record,
  time: new Date(now_us / 1_000).toISOString(),
  timestamp_us,
  hops: hops.map(({ node, port, body, bytes, refused }) => ({ node, port, refused, payload: payloadOf(body, bytes) })),
  truncated: truncated > 0,
  error,
});

/** What a node last emitted on a port, as far as it was traced. */
export interface LastValue {
  readonly node: string;
  readonly port: string;
  readonly bytes: number;
  readonly body: Uint8Array;
  readonly now_us: number;
  /** How often that was seen. */
  readonly seen: number;
}

/** Name of an output port. */
export const portName = ({ outputs, sink }: FlowPlan['nodes'][number], port: number): string =>
  sink === null ? (outputs[port] ?? String(port)) : 'sink';

/**
 * Puts the trace records of a flow together. Those of one record come one behind the other, other egress between them; only
 * one trace is in hand at a time, so memory is bounded by `TRACE_LIMITS`; last values by the ports of the version.
 */
export class TraceCollector {
  readonly #onTrace: (trace: Trace, version: FlowArtifact) => void;
  #open: (Omit<Trace, 'truncated'> & { hops: TraceHop[]; error: string | null }) | null = null;
  #version: FlowArtifact | null = null;
  /** By output port of the version. */
  #last: (LastValue | null)[] = [];

  constructor(onTrace: (trace: Trace, version: FlowArtifact) => void = () => undefined) {
    this.#onTrace = onTrace;
  }

  /** @param record of any kind; all but traces are passed over */
  take(record: EgressRecord, version: FlowArtifact): void {
    if (record.kind !== EGRESS_KIND.trace) return;
    if (version !== this.#version) this.#begin(version);
    const { record: number, now_us, timestamp_us } = record;
    const hop = readHop(record);
    if (hop.kind === 'in') {
      const what = hop.entry === ENTRY.tick ? 'tick' : hop.entry === ENTRY.direct ? 'direct' : 'record';
      this.#open = { what, record: number, now_us, timestamp_us, hops: [], error: null };
      if (what !== 'tick')
        this.#add({ node: null, port: 'in', bytes: hop.bytes, body: hop.body.slice(), refused: false });
      return;
    }
    const open = this.#open;
    // The first hop was of before this was listening.
    if (!open) return;
    if (hop.kind === 'end') {
      this.#open = null;
      return this.#onTrace({ ...open, truncated: hop.more }, version);
    }
    const node = version.plan.nodes[hop.node]!;
    const body = hop.body.slice();
    const refused = hop.kind === 'refused';
    const port = refused ? (node.inputs[hop.port] ?? 'in') : portName(node, hop.port);
    this.#add({ node: node.id, port, bytes: hop.bytes, body, refused });
    if (refused) open.error ??= decodeUtf8(body).text;
    else this.#see(node.first_port + hop.port, { node: node.id, port, bytes: hop.bytes, body, now_us, seen: 0 });
  }

  /** The trace in hand, which has no end: its record ended in a fault. null: there is none. */
  cut(): Trace | null {
    const open = this.#open;
    this.#open = null;
    return open && { ...open, truncated: 0 };
  }

  /** What each node last emitted on each port, as far as it was seen, in the order of the plan. */
  lastValues(): LastValue[] {
    return this.#last.filter(one => one !== null);
  }

  #add(hop: TraceHop): void {
    if (this.#open!.hops.length <= TRACE_LIMITS.hops) this.#open!.hops.push(hop);
  }

  #see(port: number, value: LastValue): void {
    this.#last[port] = { ...value, seen: (this.#last[port]?.seen ?? 0) + 1 };
  }

  /** Another version runs: what is in hand has no end any more; nodes and ports that it has too keep their values. */
  #begin(version: FlowArtifact): void {
    const before = this.lastValues();
    this.#version = version;
    this.#open = null;
    this.#last = version.plan.nodes.flatMap(node =>
      Array.from(
        { length: portCount(node) },
        (_, port) => before.find(one => one.node === node.id && one.port === portName(node, port)) ?? null,
      ),
    );
  }
}
