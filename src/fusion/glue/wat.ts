import {
  BOARD,
  BOARD_U64,
  FAULT_REASONS,
  type FaultReason,
  MEMORY_START_PAGES,
  memoryStart,
  NODE_CALLS,
  type NodeCall,
} from '#abi';

/** Small pieces of WebAssembly text that all glue is made of. Each gives one expression or statement. */

export const word = (name: keyof typeof BOARD): string => `offset=${BOARD[name]}`;
export const loadWord = (name: keyof typeof BOARD): string => `(i32.load $board ${word(name)} (i32.const 0))`;
export const storeWord = (name: keyof typeof BOARD, value: string): string =>
  `(i32.store $board ${word(name)} (i32.const 0) ${value})`;
export const loadLong = (name: keyof typeof BOARD_U64): string =>
  `(i64.load $board offset=${BOARD_U64[name]} (i32.const 0))`;
export const storeLong = (name: keyof typeof BOARD_U64, value: string): string =>
  `(i64.store $board offset=${BOARD_U64[name]} (i32.const 0) ${value})`;
/** Adds to a u64 counter at a byte offset of the board. */
export const count = (offset: number, by = '(i64.const 1)'): string =>
  `(i64.store $board offset=${offset} (i32.const 0) (i64.add (i64.load $board offset=${offset} (i32.const 0)) ${by}))`;

export const fault = (reason: FaultReason): string =>
  `(call $fault (i32.const ${FAULT_REASONS.indexOf(reason)})) (unreachable)`;

/** Value of the board's `current` word. */
export const currentWord = (node: number, call: NodeCall): number => (node << 16) | NODE_CALLS.indexOf(call);
export const enter = (node: number, call: NodeCall): string =>
  storeWord('current', `(i32.const ${currentWord(node, call)})`);

/** A memory with what lies before address 0, see `memoryStart`. */
export interface Place {
  /** Name of the memory. */
  readonly name: string;
  readonly start: number;
  /** Expression: its pages, as those who use it see them. */
  readonly pages: string;
}
export const INGRESS: Place = { name: 'ingress', start: 0, pages: '(memory.size $ingress)' };
export const EGRESS: Place = { name: 'egress', start: 0, pages: '(memory.size $egress)' };
export const memoryOf = (node: number): Place => ({
  name: `m${node}`,
  start: memoryStart(node),
  pages: `(i32.sub (memory.size $m${node}) (i32.const ${MEMORY_START_PAGES}))`,
});

/** A load or store instruction up to its operands. */
export const access = (instruction: string, place: Place, offset = 0): string =>
  `${instruction} $${place.name} offset=${place.start + offset}`;
/** Expression: an address for a bulk operation. It must be known to lie in the memory. */
export const bare = (place: Place, address: string): string =>
  place.start === 0 ? address : `(i32.add ${address} (i32.const ${place.start}))`;

/** Charges `flat + (len >> shift)` fuel and traps when none is left. */
export const charge = (flat: number, shift: number): string => `
  (global.set $fuel (i64.sub (global.get $fuel)
    (i64.add (i64.const ${flat}) (i64.shr_u (i64.extend_i32_u (local.get $len)) (i64.const ${shift})))))
  (if (i64.lt_s (global.get $fuel) (i64.const 0)) (then (call $exhausted) (unreachable)))`;
