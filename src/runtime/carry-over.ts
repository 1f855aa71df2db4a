import { BOARD } from '#abi';
import type { SharedBuffers } from './protocol.ts';

/** Words that belong to threads that are gone. */
const THREAD_WORDS = ['worker_waiting', 'host_waiting', 'state', 'current', 'fault_reason', 'egress_full'] as const;

/** Ring contents, positions, cursor and counters go on in new memories; the words about threads start afresh. */
export function carryOver(from: SharedBuffers, to: SharedBuffers): void {
  new Uint8Array(to.ingress).set(new Uint8Array(from.ingress));
  new Uint8Array(to.egress).set(new Uint8Array(from.egress));
  new Uint8Array(to.board).set(new Uint8Array(from.board));
  const words = new Int32Array(to.board);
  for (const name of THREAD_WORDS) words[BOARD[name] / 4] = 0;
}
