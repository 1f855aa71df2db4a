import { BOARD, BOARD_U64, FLOW_STATE } from '#abi';

/** Looks now and then whether a flow that runs makes progress. */
export class Watchdog {
  readonly #ms: number;
  readonly #board: () => SharedArrayBuffer | null;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout | null = null;
  #progress = { value: -1n, since: 0 };

  constructor(ms: number, board: () => SharedArrayBuffer | null, onStuck: () => void) {
    this.#ms = ms;
    this.#board = board;
    this.#onStuck = onStuck;
  }

  start(): void {
    this.stop();
    this.#progress = { value: -1n, since: performance.now() };
    this.#timer = setInterval(() => this.#look(), Math.max(10, this.#ms / 8));
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const board = this.#board();
    if (!board) return;
    const longs = new BigUint64Array(board);
    const value = longs[BOARD_U64.steps / 8]! + longs[BOARD_U64.ticks / 8]!;
    const running = Atomics.load(new Int32Array(board), BOARD.state / 4) === FLOW_STATE.running;
    if (!running || value !== this.#progress.value) {
      this.#progress = { value, since: performance.now() };
      return;
    }
    if (performance.now() - this.#progress.since < this.#ms) return;
    this.stop();
    this.#onStuck();
  }
}
