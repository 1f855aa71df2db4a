/** What host and worker share of a flow, and what outlives a worker. */
import { BOARD_U64 } from '#abi';
import { checkpointLong } from '#engine';

/** Memories that host and worker share; a fresh engine has fresh ones. */
export interface SharedBuffers {
  readonly ingress: SharedArrayBuffer;
  readonly egress: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
}

/** Checkpoints of a flow. They outlive the worker. */
export interface Kept {
  /** i32: which slot holds the last whole checkpoint (0, 1; −1: none), checkpoints begun. */
  readonly control: SharedArrayBuffer;
  readonly slots: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

/** Words of `control`. */
export const SLOT = 0;
export const BEGUN = 1;

/** Room for two checkpoints of so many bytes, none taken yet. */
export function emptyKept(bytes: number): Kept {
  const control = new SharedArrayBuffer(8);
  new Int32Array(control)[SLOT] = -1;
  return { control, slots: [new SharedArrayBuffer(bytes), new SharedArrayBuffer(bytes)] };
}

/** The last checkpoint in place: to be read at once, by the thread that takes them or when that has ended. */
export function lastCheckpoint(kept: Kept): Uint8Array | null {
  const slot = new Int32Array(kept.control)[SLOT]!;
  return slot < 0 ? null : new Uint8Array(kept.slots[slot]!);
}

/** A copy of the last checkpoint, while the flow runs. The slot that is read is written over at the second checkpoint from now. */
export function copyCheckpoint(kept: Kept): Uint8Array | null {
  const control = new Int32Array(kept.control);
  for (;;) {
    const begun = Atomics.load(control, BEGUN);
    const slot = Atomics.load(control, SLOT);
    if (slot < 0) return null;
    const copy = new Uint8Array(kept.slots[slot]!).slice();
    // A second one has begun: what was copied may be half of it.
    if (Atomics.load(control, BEGUN) - begun < 2) return copy;
  }
}

/** How far a flow had come at a checkpoint. */
export interface CheckpointHead {
  readonly record: number;
  readonly blocks: number;
}
/** Of the last one, at the cost of one look; null before the first. */
export function headOfLast(kept: Kept): CheckpointHead | null {
  const checkpoint = lastCheckpoint(kept);
  if (!checkpoint) return null;
  return {
    record: checkpointLong(checkpoint, BOARD_U64.record),
    blocks: checkpointLong(checkpoint, BOARD_U64.blocks),
  };
}
