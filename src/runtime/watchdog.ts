import { BOARD, BOARD_U64, FLOW_STATE } from '#abi';
import { Patience } from './patience.ts';

/** Looks now and then whether a flow that runs makes progress. */
export class Watchdog {
  readonly #ms: number;
  readonly #board: () => SharedArrayBuffer | null;
  readonly #onStuck: () => void;
  #patience: Patience | null = null;
  #progress = -1n;

  constructor(ms: number, board: () => SharedArrayBuffer | null, onStuck: () => void) {
    this.#ms = ms;
    this.#board = board;
    this.#onStuck = onStuck;
  }

  start(): void {
    this.stop();
    this.#progress = -1n;
    this.#patience = new Patience(this.#ms, this.#onStuck, () => this.#isGoing());
  }

  stop(): void {
    this.#patience?.end();
    this.#patience = null;
  }

  /** It is further than at the last look, or has nothing to do. */
  #isGoing(): boolean {
    const board = this.#board();
    if (!board) return true;
    const longs = new BigUint64Array(board);
    const progress = longs[BOARD_U64.steps / 8]! + longs[BOARD_U64.ticks / 8]!;
    const running = Atomics.load(new Int32Array(board), BOARD.state / 4) === FLOW_STATE.running;
    const further = progress !== this.#progress;
    this.#progress = progress;
    return !running || further;
  }
}
