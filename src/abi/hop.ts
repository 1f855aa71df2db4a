import { NO_NODE, TRACE } from './ring.ts';

/** One trace record read. `body` is the message's beginning, `bytes` its whole length. */
export type Hop =
  /** The record, tick or direct block begins; entry: see ENTRY. */
  | { readonly kind: 'in'; readonly entry: number; readonly bytes: number; readonly body: Uint8Array }
  /** A node emitted; `node` is an index of the plan, `port` one of its outputs. */
  | {
      readonly kind: 'emitted';
      readonly node: number;
      readonly port: number;
      readonly bytes: number;
      readonly body: Uint8Array;
    }
  /** A node's `handle` returned an error for what came in at the input `port`; the body is its reason. */
  | {
      readonly kind: 'refused';
      readonly node: number;
      readonly port: number;
      readonly bytes: number;
      readonly body: Uint8Array;
    }
  /** The last one. `more`: hops there were beyond the limit. */
  | { readonly kind: 'end'; readonly more: number };

/** Reads an egress record of the kind `trace`. The body is a view of the record's. */
export function readHop(record: { readonly node: number; readonly detail: number; readonly body: Uint8Array }): Hop {
  const { node, detail, body: all } = record;
  const bytes = new DataView(all.buffer, all.byteOffset, all.byteLength).getUint32(0, true);
  const body = all.subarray(4);
  if (node === NO_NODE)
    return detail === TRACE.end ? { kind: 'end', more: bytes } : { kind: 'in', entry: detail, bytes, body };
  const port = detail & ~TRACE.refused;
  return { kind: detail & TRACE.refused ? 'refused' : 'emitted', node, port, bytes, body };
}
