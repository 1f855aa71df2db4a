import { EGRESS_KIND, type FlowPlan, LOG_LEVELS, type LogLevel } from '#abi';
import type { EgressRecord } from './rings.ts';

/** What a flow says with a record of its egress. Bodies are views of the record's. */
export type Told =
  | { readonly kind: 'output'; readonly node: string; readonly body: Uint8Array }
  | { readonly kind: 'log'; readonly node: string; readonly level: LogLevel; readonly text: string }
  /** A node returned an error for a message that came in at the port. */
  | {
      readonly kind: 'refused';
      readonly node: string;
      readonly port: string;
      readonly reason: string;
      readonly message: Uint8Array;
    }
  /** The first bytes of what is no message. */
  | { readonly kind: 'malformed'; readonly body: Uint8Array };

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Of bytes that may be shared, which no decoder takes. */
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes.slice());

/** @returns null: a hop, or something else that is read otherwise */
export function readTold({ kind, node, detail, body }: EgressRecord, plan: FlowPlan): Told | null {
  const id = plan.nodes[node]?.id ?? '';
  if (kind === EGRESS_KIND.output) return { kind: 'output', node: id, body };
  if (kind === EGRESS_KIND.log)
    return { kind: 'log', node: id, level: LOG_LEVELS[detail] ?? 'info', text: textOf(body) };
  if (kind === EGRESS_KIND.malformed) return { kind: 'malformed', body };
  if (kind !== EGRESS_KIND.dead_letter) return null;
  const end = 4 + new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true);
  const port = plan.nodes[node]?.inputs[detail] ?? 'in';
  return { kind: 'refused', node: id, port, reason: textOf(body.subarray(4, end)), message: body.subarray(end) };
}
