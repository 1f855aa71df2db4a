/** What a recording holds of a flow: the checkpoint before it, and the ring's blocks since then. */
import { BOARD } from '#abi';
import type { Engine } from './engine.ts';

export interface Capture {
  readonly checkpoint: Uint8Array;
  /** Ring position at which the input begins. */
  readonly position: number;
  /** Blocks as they stood in the ring, up to the one that was being read. */
  readonly input: Uint8Array;
}

/** Takes the ring's bytes from position to position. */
export function copyInput(ingress: SharedArrayBuffer, position: number, end: number): Uint8Array {
  const input = new Uint8Array((end - position) >>> 0);
  eachPart(position, input.length, ingress.byteLength, (at, from, length) => {
    input.set(new Uint8Array(ingress, at, length), from);
  });
  return input;
}

/** Puts captured blocks where they stood, into the ring of a fresh engine. */
export function putInput(engine: Engine, { position, input }: Capture): void {
  const ring = new Uint8Array(engine.ingress);
  eachPart(position, input.length, ring.length, (at, from, length) => {
    ring.set(input.subarray(from, from + length), at);
  });
  const words = new Int32Array(engine.board);
  words[BOARD.ingress_tail / 4] = position;
  Atomics.store(words, BOARD.ingress_head / 4, (position + input.length) | 0);
}

function eachPart(
  position: number,
  length: number,
  capacity: number,
  copy: (at: number, from: number, length: number) => void,
): void {
  const at = (position >>> 0) % capacity;
  const first = Math.min(length, capacity - at);
  copy(at, 0, first);
  if (length > first) copy(0, first, length - first);
}
