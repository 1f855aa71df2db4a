import { BOARD } from '#abi';
import type { SharedBuffers } from './kept.ts';

/** Words that belong to threads that are gone. `current` stays: it says where the record ended. */
const THREAD_WORDS = ['worker_waiting', 'host_waiting', 'state', 'fault_reason', 'egress_full'] as const;

/** Ring contents, positions, cursor and counters go on in new memories; the words about threads start afresh. */
export function carryOver(from: SharedBuffers, to: SharedBuffers): void {
  carryInput(from, to);
  new Uint8Array(to.egress).set(new Uint8Array(from.egress));
  new Uint8Array(to.board).set(new Uint8Array(from.board));
  const words = new Int32Array(to.board);
  for (const name of THREAD_WORDS) words[BOARD[name] / 4] = 0;
}

/** What was not read yet goes on in another ring, at the same positions. */
export function carryInput(from: SharedBuffers, to: SharedBuffers): void {
  const old = new Int32Array(from.board);
  const words = new Int32Array(to.board);
  const head = Atomics.load(old, BOARD.ingress_head / 4);
  const tail = Atomics.load(old, BOARD.ingress_tail / 4);
  const capacity = from.ingress.byteLength;
  const at = (tail >>> 0) % capacity;
  const length = (head - tail) >>> 0;
  const first = Math.min(length, capacity - at);
  new Uint8Array(to.ingress).set(new Uint8Array(from.ingress, at, first), at);
  new Uint8Array(to.ingress).set(new Uint8Array(from.ingress, 0, length - first));
  words[BOARD.ingress_tail / 4] = tail;
  Atomics.store(words, BOARD.ingress_head / 4, head);
}
