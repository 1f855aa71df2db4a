/** What is needed to run a fault again: the checkpoint before it, and the ring's blocks since then. */
import { alignRing, BOARD, INGRESS_HEADER, TRACE_ALL } from '#abi';
import { checkpointWord } from './checkpoint.ts';
import type { Engine } from './engine.ts';
import { copyCheckpoint, type Kept, lastCheckpoint, type SharedBuffers } from './kept.ts';

export interface Capture {
  readonly checkpoint: Uint8Array;
  /** Ring position at which the input begins. */
  readonly position: number;
  /** Blocks as they stood in the ring, up to the one that was being read. */
  readonly input: Uint8Array;
}

/** Copies it out of the shared memories, after a fault and before anything is put back. */
export function captureFault({ ingress, board }: SharedBuffers, kept: Kept): Capture | null {
  const checkpoint = lastCheckpoint(kept);
  if (!checkpoint) return null;
  const words = new Int32Array(board);
  const position = words[BOARD.ingress_tail / 4]!;
  let end = words[BOARD.ingress_read / 4]!;
  if (words[BOARD.block_open / 4] === 1) {
    const body = new DataView(ingress).getUint32((end >>> 0) % ingress.byteLength, true);
    end = (end + INGRESS_HEADER.bytes + alignRing(body)) | 0;
  }
  return { checkpoint: checkpoint.slice(), position, input: copyInput(ingress, position, end) };
}

/**
 * The same of a flow that runs. Only the thread that writes to the ring may call it: what came since the checkpoint lies
 * there untouched until that thread writes again. @returns null before the first checkpoint
 */
export function captureRunning({ ingress, board }: SharedBuffers, kept: Kept): Capture | null {
  const checkpoint = copyCheckpoint(kept);
  if (!checkpoint) return null;
  const position = checkpointWord(checkpoint, BOARD.ingress_read);
  const head = Atomics.load(new Int32Array(board), BOARD.ingress_head / 4);
  return { checkpoint, position, input: copyInput(ingress, position, head) };
}

function copyInput(ingress: SharedArrayBuffer, position: number, end: number): Uint8Array {
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

/** The same input, all of it traced. */
export function traced(capture: Capture): Capture {
  const input = capture.input.slice();
  const view = new DataView(input.buffer);
  for (let at = 0; at < input.length; at += alignRing(INGRESS_HEADER.bytes + view.getUint32(at, true)))
    input[at + INGRESS_HEADER.trace] = TRACE_ALL;
  return { ...capture, input };
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
