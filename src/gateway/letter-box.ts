import { DIRECT_HEADER_BYTES, EGRESS_KIND, ENTRY, type FlowPlan } from '#abi';
import { GatewayError } from '#diagnostic';
import { describeFault, type EgressRecord, type FaultRecord, type FlowArtifact } from '#engine';
import type { DeadLetters, Letter } from './dead-letters.ts';

/** A fault comes in three parts, in any order: what failed, what it failed on, and by which way. */
interface Parts {
  fault?: FaultRecord;
  path?: readonly string[];
  letter?: { readonly body: Uint8Array; readonly entry: number; readonly record: number; readonly sequence: number };
}

const SECOND_MS = 1_000;

/**
 * Makes dead letters of what a flow reports. Faults and failed outputs are always kept. Returned errors of a node that fails
 * with every record would cost more than the flow itself: above a rate they are counted.
 */
export class LetterBox {
  readonly #letters: DeadLetters;
  readonly #onLetter: (letter: Letter) => void;
  readonly #onProblem: (error: GatewayError) => void;
  /** Faults that are not whole letters yet: by record and entry, oldest first. */
  readonly #parts = new Map<string, Parts>();
  readonly #errorsPerSecond: number;
  readonly #now_ms: () => number;
  /** By node: errors since then, within a second. */
  readonly #rates = new Map<string, { since_ms: number; errors: number }>();
  /** Letters that were handed in again and that the rate must not cost. */
  #retried = 0;

  /** @param errorsPerSecond of one node that are kept. */
  constructor(
    letters: DeadLetters,
    errorsPerSecond: number,
    onLetter: (letter: Letter) => void,
    onProblem: (error: GatewayError) => void,
    now_ms: () => number = () => performance.now(),
  ) {
    this.#letters = letters;
    this.#errorsPerSecond = errorsPerSecond;
    this.#onLetter = onLetter;
    this.#onProblem = onProblem;
    this.#now_ms = now_ms;
  }

  /** A letter was handed in again: should it fail again, it is kept again. */
  retried(): void {
    this.#retried += 1;
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
    const node = plan.nodes[record.node]!;
    if (this.#isTooFast(node.id)) return this.#letters.leaveOut();
    const body = Buffer.from(record.body);
    const end = 4 + body.readUInt32LE(0);
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

  #isTooFast(node: string): boolean {
    const now_ms = this.#now_ms();
    const rate = this.#rates.get(node);
    if (!rate || now_ms - rate.since_ms >= SECOND_MS) {
      this.#rates.set(node, { since_ms: now_ms, errors: 1 });
      return false;
    }
    rate.errors += 1;
    const most = this.#errorsPerSecond;
    if (rate.errors <= most) return false;
    if (this.#retried > 0) {
      this.#retried -= 1;
      return false;
    }
    if (rate.errors === most + 1)
      this.#onProblem(new GatewayError('letters-dropped', node, `more than ${most} in a second; the rest is counted`));
    return true;
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
