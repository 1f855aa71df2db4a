/** What is needed to run a fault again: the checkpoint before it, and the ring's blocks since then. */
import { alignRing, BOARD, INGRESS_HEADER } from '#abi';
import { type Capture, checkpointWord, copyInput } from '#engine';
import { copyCheckpoint, type Kept, lastCheckpoint, type SharedBuffers } from './kept.ts';

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
