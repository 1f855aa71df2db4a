import {
  BOARD_U64,
  DIRECT_HEADER_BYTES,
  EGRESS_KIND,
  ENTRY,
  type FlowPlan,
  layoutOf,
  NO_NODE,
  NODE_COUNTERS,
  type PlanNode,
  RING_LIMITS,
} from '#abi';
import { isNear } from './copy.ts';
import { traceFrom } from './trace.ts';
import { count, INGRESS, loadLong, loadWord, storeLong, storeWord } from './wat.ts';

const VARINT_HIGH_BITS = '(i64.const 0x8080808080808080)';

/** Reads a varint of any length byte by byte into $value; leaves by `$bad` when it is too long or leaves the message. */
const slowVarint = `
  (local.set $value (i64.const 0))
  (local.set $shift (i64.const 0))
  (loop $byte
    (br_if $bad (i32.ge_u (local.get $p) (local.get $end)))
    (br_if $bad (i64.ge_u (local.get $shift) (i64.const 70)))
    (local.set $key8 (i32.load8_u $ingress (local.get $p)))
    (local.set $p (i32.add (local.get $p) (i32.const 1)))
    (local.set $value (i64.or (local.get $value)
      (i64.shl (i64.extend_i32_u (i32.and (local.get $key8) (i32.const 127))) (local.get $shift))))
    (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
    (br_if $byte (i32.ge_u (local.get $key8) (i32.const 128))))`;

/** A varint of up to 8 bytes by one load: the clear high bit ends it, three shifts close the gaps between the sevens. */
const fastVarint = (ring_bytes: number): string => `
  (block $read
    (block $slow
      (br_if $slow (i32.gt_u (local.get $p) (i32.const ${ring_bytes - 8})))
      (local.set $value (i64.load $ingress (local.get $p)))
      (local.set $stop (i64.and (i64.xor (local.get $value) (i64.const -1)) ${VARINT_HIGH_BITS}))
      (br_if $slow (i64.eqz (local.get $stop)))
      (local.set $shift (i64.ctz (local.get $stop)))
      (local.set $p (i32.add (local.get $p) (i32.add (i32.const 1) (i32.wrap_i64 (i64.shr_u (local.get $shift) (i64.const 3))))))
      (br_if $bad (i32.gt_u (local.get $p) (local.get $end)))
      (local.set $value (i64.and (local.get $value) (i64.and (i64.const 0x7f7f7f7f7f7f7f7f)
        (i64.shr_u (i64.const -1) (i64.sub (i64.const 63) (local.get $shift))))))
      (local.set $value (i64.or (i64.and (local.get $value) (i64.const 0x007f007f007f007f))
        (i64.shr_u (i64.and (local.get $value) (i64.const 0x7f007f007f007f00)) (i64.const 1))))
      (local.set $value (i64.or (i64.and (local.get $value) (i64.const 0x00003fff00003fff))
        (i64.shr_u (i64.and (local.get $value) (i64.const 0x3fff00003fff0000)) (i64.const 2))))
      (local.set $value (i64.or (i64.and (local.get $value) (i64.const 0x000000000fffffff))
        (i64.shr_u (i64.and (local.get $value) (i64.const 0x0fffffff00000000)) (i64.const 4))))
      (br $read))
    ${slowVarint})`;

/**
 * `$update`: checks that [p, p + len) of ingress is a well-formed TagUpdate and runs it as one record. Wire structure and
 * tag only: nodes read the rest. `+` and `#` are looked for 16 bytes at a time.
 */
export function recordFunctions(plan: FlowPlan): string {
  return `
(func $update (param $start i32) (param $len i32)
  (local $p i32) (local $end i32) (local $key i64) (local $key8 i32) (local $value i64) (local $shift i64) (local $stop i64)
  (local $tag i32) (local $tag_len i32) (local $timestamp i64) (local $chunk v128)
  (local.set $p (local.get $start))
  (local.set $end (i32.add (local.get $start) (local.get $len)))
  (block $bad
    (loop $field
      (if (i32.lt_u (local.get $p) (local.get $end)) (then
        (local.set $key (i64.extend_i32_u (i32.load8_u $ingress (local.get $p))))
        (if (i64.lt_u (local.get $key) (i64.const 128))
          (then (local.set $p (i32.add (local.get $p) (i32.const 1))))
          (else ${slowVarint} (local.set $key (local.get $value))
            (br_if $bad (i64.gt_u (local.get $key) (i64.const 0xffffffff)))))
        (br_if $bad (i64.lt_u (local.get $key) (i64.const 8)))
        (block $done (block $fixed32 (block $bytes (block $fixed64 (block $varint
          (br_table $varint $fixed64 $bytes $bad $bad $fixed32 $bad $bad
            (i32.and (i32.wrap_i64 (local.get $key)) (i32.const 7))))
          ;; varint
          ${fastVarint(plan.ingress_bytes)}
          (if (i64.eq (local.get $key) (i64.const ${2 << 3})) (then (local.set $timestamp (local.get $value))))
          (br $done))
          ;; fixed64
          (local.set $p (i32.add (local.get $p) (i32.const 8)))
          (br $done))
          ;; bytes
          (br_if $bad (i32.ge_u (local.get $p) (local.get $end)))
          (local.set $value (i64.extend_i32_u (i32.load8_u $ingress (local.get $p))))
          (if (i64.lt_u (local.get $value) (i64.const 128))
            (then (local.set $p (i32.add (local.get $p) (i32.const 1))))
            (else ${slowVarint}))
          (br_if $bad (i64.gt_u (local.get $value) (i64.extend_i32_u (i32.sub (local.get $end) (local.get $p)))))
          (if (i64.eq (local.get $key) (i64.const ${(1 << 3) | 2})) (then
            (local.set $tag (local.get $p))
            (local.set $tag_len (i32.wrap_i64 (local.get $value)))))
          (local.set $p (i32.add (local.get $p) (i32.wrap_i64 (local.get $value))))
          (br $done))
          ;; fixed32
          (local.set $p (i32.add (local.get $p) (i32.const 4))))
        (br_if $bad (i32.gt_u (local.get $p) (local.get $end)))
        (br $field))))
    (br_if $bad (i32.eqz (local.get $tag_len)))
    (local.set $end (i32.add (local.get $tag) (local.get $tag_len)))
    (local.set $p (local.get $tag))
    (loop $wildcards
      (if (i32.le_u (i32.add (local.get $p) (i32.const 16)) (i32.const ${plan.ingress_bytes}))
        (then
          (local.set $chunk (v128.load $ingress (local.get $p)))
          (local.set $key8 (i8x16.bitmask (v128.or
            (i8x16.eq (local.get $chunk) (v128.const i8x16 43 43 43 43 43 43 43 43 43 43 43 43 43 43 43 43))
            (i8x16.eq (local.get $chunk) (v128.const i8x16 35 35 35 35 35 35 35 35 35 35 35 35 35 35 35 35)))))
          (if (i32.lt_u (i32.sub (local.get $end) (local.get $p)) (i32.const 16)) (then
            (local.set $key8 (i32.and (local.get $key8)
              (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $p))) (i32.const 1))))))
          (br_if $bad (local.get $key8))
          (local.set $p (i32.add (local.get $p) (i32.const 16))))
        (else
          (local.set $key8 (i32.load8_u $ingress (local.get $p)))
          (br_if $bad (i32.eq (local.get $key8) (i32.const 43)))
          (br_if $bad (i32.eq (local.get $key8) (i32.const 35)))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))))
      (br_if $wildcards (i32.lt_u (local.get $p) (local.get $end))))
    ${plan.clock === 'event' ? '(if (call $event_tick (local.get $timestamp)) (then (return)))' : ''}
    (call $advance)
    (call $record (local.get $start) (local.get $len) (local.get $timestamp))
    (return))
  (call $advance)
  (call $malformed (local.get $start) (local.get $len)))

(func $malformed (param $at i32) (param $len i32)
  (local $to i32)
  ${count(BOARD_U64.malformed)}
  (if (i64.ne ${loadLong('malformed_sampled_at')} (i64.const 0)) (then
    (if (i64.lt_u (i64.sub (global.get $now) ${loadLong('malformed_sampled_at')})
      (i64.const ${RING_LIMITS.malformed_sample_us})) (then (return)))))
  ${storeLong('malformed_sampled_at', '(global.get $now)')}
  (if (i32.gt_u (local.get $len) (i32.const ${RING_LIMITS.malformed_sample_bytes})) (then
    (local.set $len (i32.const ${RING_LIMITS.malformed_sample_bytes}))))
  (call $refill (i32.const 0))
  ${storeLong('timestamp', '(i64.const 0)')}
  (local.set $to (call $egress_begin (i32.const ${EGRESS_KIND.malformed | (NO_NODE << 16)}) (local.get $len)))
  (memory.copy $egress $ingress (local.get $to) (local.get $at) (local.get $len))
  (call $publish))

${skipFunction}

(func $record (param $ptr i32) (param $len i32) (param $timestamp i64)
  (local $near i32)
  (local.set $near ${isNear(INGRESS)})
  ${count(BOARD_U64.records)}
  ${storeLong('record', `(i64.add ${loadLong('record')} (i64.const 1))`)}
  ${storeWord('entry', `(i32.const ${ENTRY.record})`)}
  ${storeLong('timestamp', '(local.get $timestamp)')}
  (call $refill (i32.const ${plan.limits.emits}))
  (if (i64.eq ${loadLong('record')} ${loadLong('poison_record')}) (then
    (call $skip (i32.const ${ENTRY.record}) (local.get $ptr) (local.get $len))
    (call $trace_less)
    (return)))
  (if ${loadWord('trace_left')} (then
    (call $trace_begin (i32.const ${ENTRY.record}) (local.get $ptr) (local.get $len))
    (call $trace_less)))
  ${plan.sources.map(node => sourceCall(plan, node)).join('\n')}
  ${storeWord('current', '(i32.const 0)')}
  (call $publish))
${directFunction(plan)}
${plan.clock === 'event' ? eventTick(plan) : ''}`;
}

/** What faulted the last time is not run again: it leaves as a fault letter, and from here on the flow is heard again. */
const skipFunction = `
(func $skip (param $entry i32) (param $ptr i32) (param $len i32)
  (local $to i32)
  (global.set $muted (i32.const 0))
  (local.set $to (call $egress_begin
    (i32.or (i32.const ${EGRESS_KIND.fault | (NO_NODE << 16)}) (i32.shl (local.get $entry) (i32.const 8))) (local.get $len)))
  (memory.copy $egress $ingress (local.get $to) (local.get $ptr) (local.get $len))
  (call $publish))`;

/** A message for one node alone, as it stands in a direct block. */
const directFunction = (plan: FlowPlan): string => `
(func $direct (param $ptr i32) (param $len i32)
  (local $place i32) (local $at i32) (local $rest i32) (local $near i32)
  (if (i32.lt_u (local.get $len) (i32.const ${DIRECT_HEADER_BYTES})) (then
    (call $malformed (local.get $ptr) (local.get $len))
    (return)))
  (local.set $place (i32.load $ingress (local.get $ptr)))
  (local.set $at (i32.add (local.get $ptr) (i32.const ${DIRECT_HEADER_BYTES})))
  (local.set $rest (i32.sub (local.get $len) (i32.const ${DIRECT_HEADER_BYTES})))
  ${storeLong('record', `(i64.add ${loadLong('record')} (i64.const 1))`)}
  ${storeWord('entry', `(i32.const ${ENTRY.direct})`)}
  ${storeLong('timestamp', '(i64.const 0)')}
  (call $refill (i32.const ${plan.limits.emits}))
  (if (i64.eq ${loadLong('record')} ${loadLong('poison_record')}) (then
    (call $skip (i32.const ${ENTRY.direct}) (local.get $ptr) (local.get $len))
    (return)))
  ${traceFrom(ENTRY.direct, '(local.get $ptr)', '(local.get $len)')}
  ${plan.nodes
    .flatMap((node, index) =>
      inputsOf(node).map(
        port => `(if (i32.eq (local.get $place) (i32.const ${index | (port << 16)})) (then
    (call $direct_${index}_${port} (local.get $at) (local.get $rest) (local.get $near))))`,
      ),
    )
    .join('\n  ')}
  ${storeWord('current', '(i32.const 0)')}
  (call $publish))`;

/** Ports that a direct block may name. */
export const inputsOf = (node: PlanNode): number[] => (node.source === null ? node.inputs.map((_, port) => port) : [0]);

const sourceCall = (plan: FlowPlan, node: number): string => `
  ${count(layoutOf(plan).nodes + node * NODE_COUNTERS.bytes + NODE_COUNTERS.source_records)}
  (call $source_${node} (local.get $ptr) (local.get $len) (local.get $near))`;

/**
 * Time comes from the records: a tick that falls before this one runs first, at its own time. One tick a call; 1 means that
 * a tick ran and the record stays where it is, so that every tick finds room in egress.
 */
function eventTick(plan: FlowPlan): string {
  const tick_us = plan.tick_ms * 1_000;
  const catch_up_us = tick_us * RING_LIMITS.catch_up_ticks;
  return `
(func $event_tick (param $time i64) (result i32)
  (local $next i64)
  (if (i64.lt_u (local.get $time) (global.get $now)) (then (local.set $time (global.get $now))))
  (local.set $next ${loadLong('next_tick')})
  (if (i64.eqz (local.get $next))
    (then (local.set $next (i64.mul (i64.const ${tick_us})
      (i64.add (i64.div_u (local.get $time) (i64.const ${tick_us})) (i64.const 1)))))
    (else (if (i64.lt_u (i64.add (local.get $next) (i64.const ${catch_up_us})) (local.get $time)) (then
      ;; Skip whole ticks, so that the rest still fall on their own times.
      (local.set $next (i64.mul (i64.const ${tick_us})
        (i64.sub (i64.div_u (local.get $time) (i64.const ${tick_us})) (i64.const ${RING_LIMITS.catch_up_ticks - 1}))))))))
  (if (i64.gt_u (local.get $next) (local.get $time)) (then
    ${storeLong('next_tick', '(local.get $next)')}
    (global.set $now (local.get $time))
    ${storeLong('now', '(local.get $time)')}
    (return (i32.const 0))))
  ;; Stored first: a tick that traps is not run again.
  ${storeLong('next_tick', `(i64.add (local.get $next) (i64.const ${tick_us}))`)}
  (call $tick (local.get $next))
  (i32.const 1))`;
}
