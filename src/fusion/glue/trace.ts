import { BOARD, EGRESS_KIND, type FlowPlan, NO_NODE, TRACE, TRACE_ALL, TRACE_LIMITS } from '#abi';
import { bare, INGRESS, loadWord, memoryOf, type Place } from './wat.ts';

/**
 * Hops of records that are traced. What is not traced pays nothing for it at an emit: while a record is traced, `$emits` has
 * run out, so that each emit goes the way of those that are out of the ordinary (`$odd_<node>`), where the true count is kept.
 */
export function traceFunctions(plan: FlowPlan): string {
  return `
;; The record, tick or direct block in hand is traced from here on; $entry says which it is, the message is in ingress.
(func $trace_begin (param $entry i32) (param $ptr i32) (param $len i32)
  (global.set $traced (i32.const 1))
  (global.set $hops (i32.const 0))
  (global.set $emits_left (global.get $emits))
  (global.set $emits (i32.const 0))
  (call $hop_ingress
    (i32.or (i32.const ${tag(NO_NODE, 0)}) (i32.shl (local.get $entry) (i32.const 8))) (local.get $ptr) (local.get $len)))

;; One record less of the open block is to be traced.
(func $trace_less
  (if (i32.lt_u (i32.sub ${loadWord('trace_left')} (i32.const 1)) (i32.const ${TRACE_ALL - 1})) (then
    (i32.store $board offset=${BOARD.trace_left} (i32.const 0) (i32.sub ${loadWord('trace_left')} (i32.const 1))))))

(func $trace_end
  (i32.store $egress (call $hop_begin (i32.const ${tag(NO_NODE, TRACE.end)}) (i32.const 4))
    (select (i32.sub (global.get $hops) (i32.const ${TRACE_LIMITS.hops})) (i32.const 0)
      (i32.gt_u (global.get $hops) (i32.const ${TRACE_LIMITS.hops}))))
  (global.set $traced (i32.const 0)))

;; Where a hop's message of $len bytes goes; 0: there have been too many hops.
(func $hop (param $tag i32) (param $len i32) (result i32)
  (local $to i32)
  (global.set $hops (i32.add (global.get $hops) (i32.const 1)))
  (if (i32.gt_u (global.get $hops) (i32.const ${TRACE_LIMITS.hops})) (then (return (i32.const 0))))
  (local.set $to (call $hop_begin (local.get $tag) (i32.add (i32.const 4) ${firstBytes})))
  (i32.store $egress (local.get $to) (local.get $len))
  (i32.add (local.get $to) (i32.const 4)))
${[INGRESS, ...plan.nodes.map((_, index) => memoryOf(index))].map(hopFrom).join('')}`;
}

const firstBytes = `(select (local.get $len) (i32.const ${TRACE_LIMITS.hop_bytes})
    (i32.lt_u (local.get $len) (i32.const ${TRACE_LIMITS.hop_bytes})))`;

const tag = (node: number, detail: number): number => EGRESS_KIND.trace | (detail << 8) | (node << 16);

/** A hop with a message in memory `from`. */
const hopFrom = (from: Place): string => `
(func $hop_${from.name} (param $tag i32) (param $ptr i32) (param $len i32)
  (local $to i32)
  (local.set $to (call $hop (local.get $tag) (local.get $len)))
  (if (local.get $to) (then
    (memory.copy $egress $${from.name} (local.get $to) ${bare(from, '(local.get $ptr)')} ${firstBytes}))))`;

/** A node's `handle` returned an error: `$reason`, `$reason_len`. */
export const traceRefusal = (node: number, port: number): string => `
  (if (global.get $traced) (then
    (call $hop_${memoryOf(node).name} (i32.const ${tag(node, TRACE.refused | port)})
      (local.get $reason) (local.get $reason_len))))`;

/** The emit in hand, `[$ptr, $ptr + $len)` on `$port`. */
export const traceEmit = (node: number): string => `
  (if (global.get $traced) (then
    (call $hop_${memoryOf(node).name} (i32.or (i32.const ${tag(node, 0)}) (i32.shl (local.get $port) (i32.const 8)))
      (local.get $ptr) (local.get $len))))`;

/** Begins to trace what runs next, if it is to be. */
export const traceFrom = (entry: number, ptr: string, len: string): string => `
  (if ${loadWord('trace_left')} (then (call $trace_begin (i32.const ${entry}) ${ptr} ${len})))`;
