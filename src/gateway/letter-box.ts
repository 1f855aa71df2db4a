import { DIRECT_HEADER_BYTES, EGRESS_KIND, ENTRY, type FlowPlan } from '#abi';
import type { GatewayError } from '#diagnostic';
import { describeFault, type EgressRecord, type FaultRecord, type FlowArtifact } from '#runtime';
import type { DeadLetters, Letter } from './dead-letters.ts';

/** A fault comes in three parts, in any order: what failed, what it failed on, and by which way. */
interface Parts {
  fault?: FaultRecord;
  path?: readonly string[];
  letter?: { readonly body: Uint8Array; readonly entry: number; readonly record: number; readonly sequence: number };
}

/** Makes dead letters of what a flow reports. */
export class LetterBox {
  readonly #letters: DeadLetters;
  readonly #onLetter: (letter: Letter) => void;
  readonly #onProblem: (error: GatewayError) => void;
  /** Faults that are not whole letters yet: by record and entry, oldest first. */
  readonly #parts = new Map<string, Parts>();

  constructor(letters: DeadLetters, onLetter: (letter: Letter) => void, onProblem: (error: GatewayError) => void) {
    this.#letters = letters;
    this.#onLetter = onLetter;
    this.#onProblem = onProblem;
  }

  fault(fault: FaultRecord, plan: FlowPlan): void {
    this.#at(fault.record, fault.entry).fault = fault;
    this.#complete(plan);
  }

  /** Of the oldest fault whose way is not known yet. */
  recovered(path: readonly string[], plan: FlowPlan): void {
    for (const parts of this.#parts.values()) {
      if (!parts.fault || parts.path) continue;
      parts.path = path;
      break;
    }
    this.#complete(plan);
  }

  /** An egress record that is a dead letter or a fault letter. */
  take(record: EgressRecord, { plan }: FlowArtifact): void {
    if (record.kind === EGRESS_KIND.dead_letter) return this.#error(record, plan);
    const body = record.body.slice();
    const { detail: entry, record: number, sequence } = record;
    this.#at(String(number), entry).letter = { body, entry, record: number, sequence };
    this.#complete(plan);
  }

  /** An output that a sink's other side refused for good. */
  output(node: string, kind: string, error: GatewayError, body: Uint8Array, sequence: number): void {
    const head = { kind: 'output' as const, node, node_type: kind, port: null, reason: error.message };
    this.#add({ ...head, record: 0, path: [], sequence }, body);
  }

  #at(record: string, entry: number): Parts {
    const key = `${record}/${entry === ENTRY.tick}`;
    const parts = this.#parts.get(key) ?? {};
    this.#parts.set(key, parts);
    return parts;
  }

  #complete(plan: FlowPlan): void {
    for (const [key, { fault, path, letter }] of this.#parts) {
      if (!fault || !path || !letter) continue;
      this.#parts.delete(key);
      const node = fault.node ?? 'flow';
      const direct = letter.entry === ENTRY.direct;
      const message = direct ? letter.body.subarray(DIRECT_HEADER_BYTES) : letter.body;
      const head = {
        kind: letter.entry === ENTRY.tick ? ('tick' as const) : direct ? ('error' as const) : ('fault' as const),
        // A message for one node that failed goes there again, wherever in its way it failed.
        node: direct ? (plan.nodes[new DataView(letter.body.buffer).getUint16(0, true)]?.id ?? node) : node,
        node_type: fault.node_type ?? '-',
        port: direct ? portOf(letter.body, plan) : null,
        reason: describeFault(fault),
        record: letter.record,
        path: path.length > 0 ? path : [node],
        sequence: letter.sequence,
      };
      this.#add(head, message);
    }
  }

  /** `handle` returned an error. Body: u32 bytes of the reason, reason, message. */
  #error(record: EgressRecord, plan: FlowPlan): void {
    const body = Buffer.from(record.body);
    const end = 4 + body.readUInt32LE(0);
    const node = plan.nodes[record.node]!;
    const head = {
      kind: 'error' as const,
      node: node.id,
      node_type: node.node_type,
      port: node.inputs[record.detail] ?? null,
      reason: body.toString('utf8', 4, end),
      record: record.record,
      path: [],
      sequence: record.sequence,
    };
    this.#add(head, body.subarray(end));
  }

  /** A disk that is full loses the letter, but says so. */
  #add(head: Parameters<DeadLetters['add']>[0], message: Uint8Array): void {
    try {
      const letter = this.#letters.add(head, message);
      if (letter) this.#onLetter(letter);
    } catch (error) {
      this.#onProblem(error as GatewayError);
    }
  }
}

function portOf(direct: Uint8Array, plan: FlowPlan): string | null {
  const view = new DataView(direct.buffer, direct.byteOffset);
  return plan.nodes[view.getUint16(0, true)]?.inputs[view.getUint16(2, true)] ?? null;
}
