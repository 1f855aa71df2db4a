import { FAULT_REASONS, type FaultReason, type FlowPlan, FUEL } from '#abi';
import type { Board } from './board.ts';

/** What one record may use. Fuel is one global shared by all nodes of the flow. */
export class Budget {
  readonly fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n);
  emits = 0;
  open = false;
  log = 0;
  egress = 0;
  now = 0n;
  readonly #plan: FlowPlan;
  readonly #board: Board;

  constructor(plan: FlowPlan, board: Board) {
    this.#plan = plan;
    this.#board = board;
  }

  refill(emits: number): void {
    this.fuel.value = BigInt(this.#plan.limits.fuel);
    this.emits = emits;
    this.open = emits > 0;
    this.log = this.#plan.limits.log_bytes;
    this.egress = this.#plan.limits.egress_bytes;
  }

  charge(flat: number, bytes: number): void {
    this.fuel.value -= BigInt(flat + (bytes >>> FUEL.bytes_shift));
    if (this.fuel.value < 0n) this.fault('fuel');
  }

  /** Marks the board and ends the record. */
  fault(reason: FaultReason): never {
    this.#board.set('fault_reason', FAULT_REASONS.indexOf(reason));
    throw new WebAssembly.RuntimeError('unreachable');
  }
}
