import { BOARD, BOARD_U64, ENTRY } from '#abi';
import type { Engine } from './engine.ts';
import type { NotedTick } from './keeper.ts';

const word = (offset: number): number => offset / 4;

/** What must not run again: the record or tick that ended in a fault. */
export interface Poison {
  readonly entry: number;
  /** Number of the record, or of the tick. */
  readonly number: bigint;
}

/** Read after a fault, before anything is put back. */
export function poisonOf(board: SharedArrayBuffer): Poison {
  const longs = new BigUint64Array(board);
  const entry = new Int32Array(board)[word(BOARD.entry)]!;
  const number = longs[(entry === ENTRY.tick ? BOARD_U64.ticks : BOARD_U64.record) / 8]!;
  return { entry, number };
}

/**
 * Runs again what ran between the checkpoint, which was just put back, and the fault: unheard, up to the poison, which is
 * skipped and leaves as a fault letter. Then the flow stands as if the poison had never come.
 * @param waitForRoom called when egress is full; it must let the host read.
 */
export function replay(engine: Engine, ticks: readonly NotedTick[], poison: Poison, waitForRoom: () => void): void {
  const words = new Int32Array(engine.board);
  const longs = new BigUint64Array(engine.board);
  const counter = (offset: number): bigint => longs[offset / 8]!;
  const isTick = poison.entry === ENTRY.tick;
  longs[BOARD_U64.poison_record / 8] = isTick ? 0n : poison.number;
  longs[BOARD_U64.poison_tick / 8] = isTick ? poison.number : 0n;
  engine.mute(true);
  const step = (max: number): void => {
    const handled = engine.run(max);
    if (words[word(BOARD.egress_full)] === 1) waitForRoom();
    else if (handled === 0) throw new Error('the records since the checkpoint are gone');
  };
  for (const { steps, now, number } of ticks) {
    // Of the time before the checkpoint.
    if (number <= counter(BOARD_U64.ticks)) continue;
    while (counter(BOARD_U64.steps) < steps) step(Number(steps - counter(BOARD_U64.steps)));
    engine.tick(now);
  }
  const offset = isTick ? BOARD_U64.ticks : BOARD_U64.record;
  while (counter(offset) < poison.number) step(Math.max(1, Math.min(4_096, Number(poison.number - counter(offset)))));
  engine.mute(false);
  longs[BOARD_U64.poison_record / 8] = 0n;
  longs[BOARD_U64.poison_tick / 8] = 0n;
}
