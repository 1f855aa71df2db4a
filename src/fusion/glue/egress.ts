import { BOARD, BOARD_U64, EGRESS_HEADER, EGRESS_KIND, egressRoom, type FlowPlan, RING_ALIGN } from '#abi';
import { count, fault, loadLong, loadWord, storeWord } from './wat.ts';

/**
 * Egress: records are written behind `egress_head` and seen by the host only when `$publish` moves it, at the end of a
 * record or tick. What a trapped record wrote is never seen.
 */
export function egressFunctions(plan: FlowPlan): string {
  const mask = plan.egress_bytes - 1;
  const total = `(local.set $total (i32.add (i32.const ${EGRESS_HEADER.bytes})
    (i32.and (i32.add (local.get $len) (i32.const ${RING_ALIGN - 1})) (i32.const ${-RING_ALIGN}))))`;
  const put = `(local.set $at (i32.and ${loadWord('egress_write')} (i32.const ${mask})))
  (local.set $rest (i32.sub (i32.const ${plan.egress_bytes}) (local.get $at)))
  (if (i32.gt_u (local.get $total) (local.get $rest)) (then
    (i32.store $egress (local.get $at) (i32.sub (local.get $rest) (i32.const ${EGRESS_HEADER.bytes})))
    (i32.store $egress offset=4 (local.get $at) (i32.const ${EGRESS_KIND.padding}))
    ${storeWord('egress_write', `(i32.add ${loadWord('egress_write')} (local.get $rest))`)}
    (local.set $at (i32.const 0))))
  (i32.store $egress (local.get $at) (local.get $len))
  (i32.store $egress offset=4 (local.get $at) (local.get $tag))
  (i64.store $egress offset=${EGRESS_HEADER.record} (local.get $at) ${loadLong('record')})
  (i64.store $egress offset=${EGRESS_HEADER.now} (local.get $at) (global.get $now))
  (i64.store $egress offset=${EGRESS_HEADER.timestamp} (local.get $at) ${loadLong('timestamp')})
  ${storeWord('egress_write', `(i32.add ${loadWord('egress_write')} (local.get $total))`)}
  (global.set $egress_count (i64.add (global.get $egress_count) (i64.const 1)))
  (i32.add (local.get $at) (i32.const ${EGRESS_HEADER.bytes}))`;
  return `
(func $fault (param $reason i32)
  ${storeWord('fault_reason', '(local.get $reason)')}
  (unreachable))

(func $exhausted (export "exhausted") ${fault('fuel')})

;; Reserves a record of $len bytes of body and writes its header. $tag: kind | detail << 8 | node << 16.
(func $egress_begin (param $tag i32) (param $len i32) (result i32)
  (local $total i32) (local $at i32) (local $rest i32)
  ${total}
  (if (i32.gt_u (local.get $len) (i32.const ${plan.limits.egress_bytes})) (then ${fault('egress_limit')}))
  (global.set $egress_left (i32.sub (global.get $egress_left) (local.get $total)))
  (if (i32.lt_s (global.get $egress_left) (i32.const 0)) (then ${fault('egress_limit')}))
  ${put})

;; The same for a hop, which does not count for the record's limit.
(func $hop_begin (param $tag i32) (param $len i32) (result i32)
  (local $total i32) (local $at i32) (local $rest i32)
  ${total}
  ${put})

(func $publish
  (if (i32.ne ${loadWord('egress_write')} ${loadWord('egress_head')}) (then
    (if (global.get $traced) (then (call $trace_end)))
    ${count(BOARD_U64.egress_records, '(global.get $egress_count)')}
    (global.set $egress_count (i64.const 0))
    (if (i32.eqz (global.get $muted)) (then
      (i32.atomic.store $board offset=${BOARD.egress_head} (i32.const 0) ${loadWord('egress_write')}))))))

(func $has_room (result i32)
  (i32.ge_u
    (i32.sub (i32.const ${plan.egress_bytes})
      (i32.sub ${loadWord('egress_head')} (i32.atomic.load $board offset=${BOARD.egress_tail} (i32.const 0))))
    (i32.const ${egressRoom(plan)})))

;; What one record, tick or call of another export may use.
(func $refill (param $emits i32)
  (global.set $fuel (i64.const ${plan.limits.fuel}))
  (global.set $emits (local.get $emits))
  ;; Where nothing may be emitted, $emits is 0 and stays closed.
  (global.set $emit_open (local.get $emits))
  (global.set $log_left (i32.const ${plan.limits.log_bytes}))
  (global.set $egress_left (i32.const ${plan.limits.egress_bytes}))
  ;; What a trap left unpublished is written over.
  (global.set $egress_count (i64.const 0))
  (global.set $traced (i32.const 0))
  ${storeWord('egress_write', loadWord('egress_head'))})`;
}
