import { BOARD, BOARD_U64, FAULT_REASONS, type FaultReason, type FlowPlan, NODE_CALLS, type NodeCall } from '#abi';

/** Why a record, tick or configuration ended: the flow's own reasons, and what the engine traps with. */
export type TrapReason =
  | Exclude<FaultReason, 'trap'>
  | 'unreachable'
  | 'memory_bounds'
  | 'table_bounds'
  | 'divide_by_zero'
  | 'integer_overflow'
  | 'indirect_call'
  | 'recursion'
  | 'memory_limit'
  | 'stuck'
  | 'trap';

/** A fault names the node, what it was doing, and why it ended. */
export interface FaultRecord {
  readonly node: string | null;
  readonly node_type: string | null;
  readonly node_index: number | null;
  readonly call: NodeCall;
  readonly reason: TrapReason;
  /** What the engine said. */
  readonly message: string;
  /** Number of the ingress record, from 1. */
  readonly record: string;
  /** What was running: see ENTRY. */
  readonly entry: number;
}

const TRAPS: readonly [RegExp, TrapReason][] = [
  [/unreachable/, 'unreachable'],
  [/memory access out of bounds|Invalid typed array length|offset is out of bounds|Start offset/, 'memory_bounds'],
  [/table index is out of bounds|table access out of bounds|table initializer|table\.\w+/, 'table_bounds'],
  [/divide by zero|remainder by zero/, 'divide_by_zero'],
  [/unrepresentable|divide result|float unrepresentable/, 'integer_overflow'],
  [/null function|signature mismatch|indirect call/, 'indirect_call'],
  [/call stack/, 'recursion'],
  [/bytes of memory together/, 'memory_limit'],
];

/** Reads the fault from the board and the error, and clears the reason there. */
export function faultOf(board: SharedArrayBuffer, plan: FlowPlan, error: unknown): FaultRecord {
  const words = new Int32Array(board);
  const current = words[BOARD.current / 4]!;
  const coded = FAULT_REASONS[words[BOARD.fault_reason / 4]!] ?? 'trap';
  words[BOARD.fault_reason / 4] = 0;
  const message = error instanceof Error ? error.message : String(error);
  const reason = coded === 'trap' ? (TRAPS.find(([pattern]) => pattern.test(message))?.[1] ?? 'trap') : coded;
  const call = NODE_CALLS[current & 0xffff] ?? 'none';
  const node = call === 'none' ? undefined : plan.nodes[current >>> 16];
  return {
    node: node?.id ?? null,
    node_type: node?.node_type ?? null,
    node_index: node ? current >>> 16 : null,
    call,
    reason,
    message,
    record: new BigUint64Array(board)[BOARD_U64.record / 8]!.toString(),
    entry: words[BOARD.entry / 4]!,
  };
}

/** One line for people. */
export const describeFault = (fault: FaultRecord): string =>
  `node "${fault.node ?? 'flow'}" (${fault.node_type ?? '-'}) in ${fault.call}, record ${fault.record}: ${fault.reason}${fault.message === fault.reason ? '' : ` (${fault.message})`}`;
