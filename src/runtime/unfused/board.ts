import { BOARD, BOARD_U64, type BoardLayout, type FlowPlan, layoutOf } from '#abi';

/** The board seen from TypeScript: the same words and counters that the fused module writes. */
export class Board {
  readonly words: Int32Array;
  readonly longs: BigUint64Array;
  readonly layout: BoardLayout;

  constructor(buffer: SharedArrayBuffer, plan: FlowPlan) {
    this.words = new Int32Array(buffer);
    this.longs = new BigUint64Array(buffer);
    this.layout = layoutOf(plan);
  }

  get(name: keyof typeof BOARD): number {
    return this.words[BOARD[name] / 4]!;
  }
  set(name: keyof typeof BOARD, value: number): void {
    this.words[BOARD[name] / 4] = value;
  }
  long(name: keyof typeof BOARD_U64): bigint {
    return this.longs[BOARD_U64[name] / 8]!;
  }
  setLong(name: keyof typeof BOARD_U64, value: bigint): void {
    this.longs[BOARD_U64[name] / 8] = value;
  }
  /** Adds to the u64 at a byte offset. */
  add(offset: number, by: bigint): void {
    this.longs[offset / 8]! += by;
  }
  count(name: keyof typeof BOARD_U64, by = 1n): void {
    this.add(BOARD_U64[name], by);
  }
}
