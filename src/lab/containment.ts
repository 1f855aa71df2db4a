import { NODE_LIMITS } from '#abi';
import { GatewayError } from '#diagnostic';
import type { FaultRecord } from '#engine';

/** What stopped an attack, and when. */
export interface Containment {
  readonly by: string;
  readonly ms: number;
  /** As the gateway said it. */
  readonly words: string;
}

const BY_REASON: Partial<Record<FaultRecord['reason'], string>> = {
  stuck: 'watchdog',
  recursion: 'stack limit',
  unreachable: 'trap',
  divide_by_zero: 'trap',
  integer_overflow: 'trap',
  indirect_call: 'trap',
};

/** `fuel`, `watchdog`, `memory bounds`, `emit limit` … */
export const byFault = ({ reason }: FaultRecord): string => BY_REASON[reason] ?? reason.replaceAll('_', ' ');

/** @throws what is no failure of the world. */
export function byError(error: unknown): string {
  if (!(error instanceof GatewayError)) throw error;
  if (error.code === 'fusion-failed' && error.message.includes('not done after')) return 'time limit of fusion';
  if (error.code === 'fusion-failed' && error.message.includes('of memory')) return 'memory limit of fusion';
  if (error.message.includes('compiling for more than')) return 'time limit of compiling';
  const cause = (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return cause === 'ERR_WORKER_OUT_OF_MEMORY' ? 'heap limit' : error.code;
}

/** A hostile node that asks for room until it is refused says so as the error of its message, with the amount it got. */
const REFUSED = /: (memory|table)\.grow refused at (\d+) /;
const MOST: Record<string, [string, number]> = {
  memory: ['memory maximum', NODE_LIMITS.memory_pages],
  table: ['table maximum', NODE_LIMITS.table_elements],
};

/** @returns null when a node was given more than the limits say. */
export function byDeadLetter(text: string): string | null {
  const found = REFUSED.exec(text);
  if (!found) return 'dead letter';
  const [by, most] = MOST[found[1]!]!;
  return Number(found[2]) <= most ? by : null;
}

/** The first thing that stopped the attack since it began. */
export class Watch {
  #began = performance.now();
  #found: Containment | null = null;

  /** Times count from now on. */
  begin(): void {
    this.#began = performance.now();
  }

  note(by: string | null, words: string, at = performance.now()): void {
    if (by !== null) this.#found ??= { by, ms: Math.max(0, at - this.#began), words };
  }

  get found(): Containment | null {
    return this.#found;
  }
}
