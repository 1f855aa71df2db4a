import { BOARD, BOARD_U64, ENTRY } from '#abi';
import type { Engine } from '#engine';

const word = (offset: number): number => offset / 4;

/** What must not run again: the record or tick that ended in a fault. */
export interface Poison {
  readonly entry: number;
  /** Number of the record, or of the tick. */
  readonly number: bigint;
  /** Steps taken when it ran. */
  readonly steps: bigint;
}

/** Read after a fault, before anything is put back. */
export function poisonOf(board: SharedArrayBuffer): Poison {
  const longs = new BigUint64Array(board);
  const entry = new Int32Array(board)[word(BOARD.entry)]!;
  const number = longs[(entry === ENTRY.tick ? BOARD_U64.ticks : BOARD_U64.record) / 8]!;
  return { entry, number, steps: longs[BOARD_U64.steps / 8]! };
}

/** Steps of one call of `run`: egress must be drained, and nothing else may starve meanwhile. */
const RUN_MAX = 4_096;

/**
 * Runs again what ran between the checkpoint, which was just put back, and the fault: unheard, up to the poison, which is
 * skipped and leaves as a fault letter. Then the flow stands as if the poison had never come.
 * @param waitForRoom called when egress is full; it must let the host read.
 */
export function replay(engine: Engine, poison: Poison, waitForRoom: () => void): void {
  const words = new Int32Array(engine.board);
  const longs = new BigUint64Array(engine.board);
  const isTick = poison.entry === ENTRY.tick;
  const offset = (isTick ? BOARD_U64.ticks : BOARD_U64.record) / 8;
  longs[BOARD_U64.poison_record / 8] = isTick ? 0n : poison.number;
  longs[BOARD_U64.poison_tick / 8] = isTick ? poison.number : 0n;
  engine.mute(true);
  while (longs[offset]! < poison.number) {
    // Not a step further: what comes after the poison needs a checkpoint of its own first.
    const left = Number(poison.steps - longs[BOARD_U64.steps / 8]!);
    const handled = engine.run(Math.max(1, Math.min(RUN_MAX, left)));
    if (words[word(BOARD.egress_full)] === 1) waitForRoom();
    else if (handled === 0) throw new Error('the records since the checkpoint are gone');
  }
  engine.mute(false);
  longs[BOARD_U64.poison_record / 8] = 0n;
  longs[BOARD_U64.poison_tick / 8] = 0n;
}
