import { FAULT_REASONS, RING_LIMITS, WASM_PAGE_BYTES } from '#abi';
import { access, bare, type Place } from './wat.ts';

/** Messages longer than this are copied by memory.copy, which is a call out of wasm in V8; shorter ones inline. */
const NEAR_BYTES = 256;
/** Bytes behind a pointer that a near copy may touch: the message and the rest of its last chunk. */
const REACH_BYTES = NEAR_BYTES + 16;
/** Chunks written out one behind the other before a loop takes over: a tag update has 40 to 90 bytes. */
const STRAIGHT_CHUNKS = 6;

const IOTA = '(v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)';

/** Expression: a near copy may start at `at` of a memory: whole chunks stay inside. */
const withinReach = (place: Place, at: string): string =>
  `(i32.le_u ${at} (i32.sub (i32.mul ${place.pages} (i32.const ${WASM_PAGE_BYTES})) (i32.const ${REACH_BYTES})))`;

/** Expression: `[$ptr, $ptr + $len)` of a memory may be read by a near copy. */
export const isNear = (place: Place): string => `(i32.and
    (i32.le_u (local.get $len) (i32.const ${NEAR_BYTES}))
    ${withinReach(place, '(local.get $ptr)')})`;

/** Copies the message `[$ptr, $ptr + $len)` to the address in a local; `$near` says whether `isNear` holds. */
export const copyMessage = (from: Place, to: Place, dst: string): string => `
  (if (i32.and (local.get $near) ${withinReach(to, `(local.get ${dst})`)})
    (then (call $near_${from.name}_${to.name} (local.get ${dst}) (local.get $ptr) (local.get $len)))
    (else (call $far_${from.name}_${to.name} (local.get ${dst}) (local.get $ptr) (local.get $len))))`;

/** The same where speed is not worth the code of a near copy. */
export const copyRare = (from: Place, to: Place, dst: string): string =>
  `(call $far_${from.name}_${to.name} (local.get ${dst}) (local.get $ptr) (local.get $len))`;

/**
 * Functions between two memories: `$near_<from>_<to> (dst, src, len)`, for messages for which `isNear` and `withinReach`
 * hold, and `$far_<from>_<to>` for all.
 *
 * A near copy goes in chunks of 16 that never overlap, so that the next hop loads just what this one stored, which the
 * processor forwards from its store buffer; a load that straddles two stores waits for both to reach the cache (twice the
 * time per hop, measured). The last chunk keeps the bytes behind the message by a mask instead of branching on the
 * length's low bits, which differ from tag to tag and cannot be predicted.
 */
export function copyFunctions(from: Place, to: Place): string {
  const name = `${from.name}_${to.name}`;
  const load = (place: Place, address: string, offset = 0): string =>
    `(${access('v128.load', place, offset)} ${address})`;
  const store = (address: string, value: string, offset = 0): string =>
    `(${access('v128.store', to, offset)} ${address} ${value})`;
  const straight = Array.from(
    { length: STRAIGHT_CHUNKS },
    (_, index) => `(br_if $rest (i32.lt_u (local.get $len) (i32.const ${(index + 1) * 16})))
    ${store('(local.get $dst)', load(from, '(local.get $src)', index * 16), index * 16)}`,
  );
  return `
(func $near_${name} (param $dst i32) (param $src i32) (param $len i32)
  (local $end i32)
  (block $rest
    ${straight.join('\n    ')}
    (if (i32.ge_u (local.get $len) (i32.const ${(STRAIGHT_CHUNKS + 1) * 16})) (then
      (call $long_${name} (local.get $dst) (local.get $src) (local.get $len)))))
  (local.set $end (i32.and (local.get $len) (i32.const -16)))
  (local.set $len (i32.and (local.get $len) (i32.const 15)))
  (if (local.get $len) (then
    (local.set $dst (i32.add (local.get $dst) (local.get $end)))
    ${store(
      '(local.get $dst)',
      `(v128.bitselect
      ${load(from, '(i32.add (local.get $src) (local.get $end))')}
      ${load(to, '(local.get $dst)')}
      (i8x16.lt_u ${IOTA} (i8x16.splat (local.get $len))))`,
    )})))

;; The whole chunks behind the straight ones.
(func $long_${name} (param $dst i32) (param $src i32) (param $len i32)
  (local $at i32)
  (local.set $at (i32.const ${STRAIGHT_CHUNKS * 16}))
  (loop $more
    ${store('(i32.add (local.get $dst) (local.get $at))', load(from, '(i32.add (local.get $src) (local.get $at))'))}
    (local.set $at (i32.add (local.get $at) (i32.const 16)))
    (br_if $more (i32.le_u (i32.add (local.get $at) (i32.const 16)) (local.get $len)))))

(func $far_${name} (param $dst i32) (param $src i32) (param $len i32)
  (call $check_range (local.get $dst) (local.get $len) ${to.pages} (i32.const ${FAULT_REASONS.indexOf('buffer_range')}))
  (memory.copy $${to.name} $${from.name} ${bare(to, '(local.get $dst)')} ${bare(from, '(local.get $src)')} (local.get $len)))`;
}

// Shorter than any message that the limits forbid: a near one needs no look at them.
if (NEAR_BYTES > RING_LIMITS.message_bytes) throw new Error('NEAR_BYTES exceeds the longest message');
