import { BOARD, BOARD_U64, type FlowPlan, FRAMING, INGRESS_HEADER, RING_ALIGN } from '#abi';
import { count, loadLong, loadWord, storeLong, storeWord } from './wat.ts';

/** First two bytes of a TagBatch: key of field 31, length-delimited. */
const BATCH_KEY = 0x01fa;

/**
 * `run`: takes blocks from the ingress ring, frames from blocks, updates from batches. Cursors are ring positions on the
 * board, moved (`$advance`) before an update runs, so that after a trap `run` goes on behind it.
 */
export function ringFunctions(plan: FlowPlan): string {
  const mask = plan.ingress_bytes - 1;
  const address = (position: string): string => `(i32.and ${position} (i32.const ${mask}))`;
  return `
(func $run (export "run") (param $max i32) (result i32)
  (local $done i32) (local $opened i32)
  ${storeWord('egress_full', '(i32.const 0)')}
  (block $out (loop $next
    (br_if $out (i32.ge_u (local.get $done) (local.get $max)))
    (if (i32.eqz (call $has_room)) (then ${storeWord('egress_full', '(i32.const 1)')} (br $out)))
    (if (i32.ne ${loadWord('batch_cursor')} ${loadWord('batch_end')})
      (then (call $batch_step) (local.set $done (i32.add (local.get $done) (i32.const 1))))
      (else (if ${loadWord('block_open')}
        (then
          (if (i32.eq ${loadWord('cursor')} ${loadWord('cursor_end')})
            (then (call $close_block) ${storeWord('trace_left', '(i32.const 0)')})
            (else (call $frame_step) (local.set $done (i32.add (local.get $done) (i32.const 1))))))
        (else
          (local.set $opened (call $open_block))
          (br_if $out (i32.eqz (local.get $opened)))
          (local.set $done (i32.add (local.get $done) (i32.sub (local.get $opened) (i32.const 1))))))))
    (br $next)))
  (local.get $done))

;; Moves the cursors behind what is about to run.
(func $advance
  ${count(BOARD_U64.steps)}
  ${storeWord('cursor', '(global.get $next_cursor)')}
  ${storeWord('batch_cursor', '(global.get $next_batch)')})

;; 0: the ring is empty; 1: opened; 2: the block was one step, which ran.
(func $open_block (result i32)
  (local $at i32) (local $now i64)
  (if (i32.eq ${loadWord('ingress_read')} (i32.atomic.load $board offset=${BOARD.ingress_head} (i32.const 0)))
    (then (return (i32.const 0))))
  (local.set $at ${address(loadWord('ingress_read'))})
  ${storeWord('block_framing', `(i32.load8_u $ingress offset=${INGRESS_HEADER.framing} (local.get $at))`)}
  ${storeWord('cursor', `(i32.add ${loadWord('ingress_read')} (i32.const ${INGRESS_HEADER.bytes}))`)}
  ${storeWord('cursor_end', `(i32.add ${loadWord('cursor')} (i32.load $ingress (local.get $at)))`)}
  ${storeWord('block_open', '(i32.const 1)')}
  (if (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.padding})) (then
    (call $close_block)
    (return (i32.const 1))))
  ${storeWord('trace_left', `(i32.load8_u $ingress offset=${INGRESS_HEADER.trace} (local.get $at))`)}
  (if (i32.ge_u ${loadWord('block_framing')} (i32.const ${FRAMING.tick})) (then
    (call $whole_block (local.get $at))
    (return (i32.const 2))))
  ${
    plan.clock === 'arrival'
      ? `(local.set $now (i64.load $ingress offset=${INGRESS_HEADER.now} (local.get $at)))
  (if (i64.gt_u (local.get $now) (global.get $now)) (then
    (global.set $now (local.get $now))
    ${storeLong('now', '(local.get $now)')}))`
      : ''
  }
  ;; A block of one empty message has no byte to find its frame by.
  (if (i32.and (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.message}))
      (i32.eq ${loadWord('cursor')} ${loadWord('cursor_end')})) (then
    (call $malformed (i32.const 0) (i32.const 0))))
  (i32.const 1))

;; A block that is one step by itself: it is behind the cursor before it runs.
(func $whole_block (param $at i32)
  (local $now i64)
  ${storeWord('cursor', loadWord('cursor_end'))}
  ${count(BOARD_U64.steps)}
  (local.set $now (i64.load $ingress offset=${INGRESS_HEADER.now} (local.get $at)))
  (call $close_block)
  ${
    plan.clock === 'arrival'
      ? `(if (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.tick}))
    (then (call $tick (local.get $now)))
    (else (call $start_time (local.get $now))))`
      : ''
  }
  (if (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.direct})) (then
    (call $direct (i32.add (local.get $at) (i32.const ${INGRESS_HEADER.bytes})) (i32.load $ingress (local.get $at)))))
  ${storeWord('trace_left', '(i32.const 0)')})

(func $close_block
  (local $read i32)
  (local.set $read ${loadWord('ingress_read')})
  ${storeWord('block_open', '(i32.const 0)')}
  (if (i32.ne ${loadWord('block_framing')} (i32.const ${FRAMING.padding})) (then
    ${count(BOARD_U64.blocks)}))
  (local.set $read (i32.add (local.get $read) (i32.add (i32.const ${INGRESS_HEADER.bytes})
    (i32.and (i32.const ${-RING_ALIGN}) (i32.add (i32.const ${RING_ALIGN - 1})
      (i32.load $ingress ${address('(local.get $read)')}))))))
  ${storeWord('ingress_read', '(local.get $read)')}
  (if (i32.eqz (i32.atomic.load $board offset=${BOARD.retain} (i32.const 0))) (then
    (i32.atomic.store $board offset=${BOARD.ingress_tail} (i32.const 0) (local.get $read)))))

;; Big-endian u32 at an address of ingress.
(func $be32 (param $at i32) (result i32)
  (local $x i32)
  (local.set $x (i32.load $ingress (local.get $at)))
  (i32.or
    (i32.and (i32.rotl (local.get $x) (i32.const 8)) (i32.const 0x00ff00ff))
    (i32.and (i32.rotr (local.get $x) (i32.const 8)) (i32.const 0xff00ff00))))

(func $frame_step
  (local $cursor i32) (local $left i32) (local $at i32) (local $len i32) (local $header i32)
  (local.set $cursor ${loadWord('cursor')})
  (local.set $left (i32.sub ${loadWord('cursor_end')} (local.get $cursor)))
  (local.set $at ${address('(local.get $cursor)')})
  (global.set $next_batch ${loadWord('batch_cursor')})
  (block $broken
    (if (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.message}))
      (then (local.set $len (local.get $left)))
      (else
        (local.set $header (i32.add (i32.const 8) (i32.eq ${loadWord('block_framing')} (i32.const ${FRAMING.sp_ipc}))))
        (br_if $broken (i32.lt_u (local.get $left) (local.get $header)))
        (if (i32.eq (local.get $header) (i32.const 9)) (then
          (br_if $broken (i32.ne (i32.load8_u $ingress (local.get $at)) (i32.const 1)))))
        (local.set $at (i32.add (local.get $at) (local.get $header)))
        (local.set $left (i32.sub (local.get $left) (local.get $header)))
        (br_if $broken (i32.load $ingress (i32.sub (local.get $at) (i32.const 8))))
        (local.set $len (call $be32 (i32.sub (local.get $at) (i32.const 4))))
        (br_if $broken (i32.gt_u (local.get $len) (local.get $left)))))
    (global.set $next_cursor (i32.add (local.get $cursor) (i32.add (local.get $header) (local.get $len))))
    ${count(BOARD_U64.ingress_bytes, '(i64.extend_i32_u (local.get $len))')}
    (if (i32.ge_u (local.get $len) (i32.const 2)) (then
      (if (i32.eq (i32.load16_u $ingress (local.get $at)) (i32.const ${BATCH_KEY})) (then
        ${count(BOARD_U64.batches)}
        (global.set $next_batch (i32.add (local.get $cursor) (local.get $header)))
        ${storeWord('batch_end', '(global.get $next_cursor)')}
        (call $advance)
        (return)))))
    (call $update (local.get $at) (local.get $len))
    (return))
  ;; A frame that does not fit its block: the rest of the block has no meaning.
  (global.set $next_cursor ${loadWord('cursor_end')})
  (call $advance)
  (call $malformed ${address('(local.get $cursor)')} (i32.sub (global.get $next_cursor) (local.get $cursor))))

;; A varint of the open batch at global $batch_at; -1 when it is broken or larger than 2^32 - 1.
(func $batch_varint (param $end i32) (result i64)
  (local $value i64) (local $shift i64) (local $byte i32)
  (loop $more
    (if (i32.ge_u (global.get $batch_at) (local.get $end)) (then (return (i64.const -1))))
    (if (i64.ge_u (local.get $shift) (i64.const 70)) (then (return (i64.const -1))))
    (local.set $byte (i32.load8_u $ingress (global.get $batch_at)))
    (global.set $batch_at (i32.add (global.get $batch_at) (i32.const 1)))
    (local.set $value (i64.or (local.get $value)
      (i64.shl (i64.extend_i32_u (i32.and (local.get $byte) (i32.const 127))) (local.get $shift))))
    (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
    (br_if $more (i32.ge_u (local.get $byte) (i32.const 128))))
  (local.get $value))

;; One field of the open batch: an update runs, anything else is skipped.
(func $batch_step
  (local $cursor i32) (local $at i32) (local $end i32) (local $key i64) (local $value i64)
  (local.set $cursor ${loadWord('batch_cursor')})
  (local.set $at ${address('(local.get $cursor)')})
  (local.set $end (i32.add (local.get $at) (i32.sub ${loadWord('batch_end')} (local.get $cursor))))
  (global.set $next_cursor ${loadWord('cursor')})
  (global.set $batch_at (local.get $at))
  (block $broken
    (local.set $key (call $batch_varint (local.get $end)))
    (br_if $broken (i64.gt_u (local.get $key) (i64.const 0xffffffff)))
    (br_if $broken (i64.lt_u (local.get $key) (i64.const 8)))
    (block $skip (block $fixed32 (block $bytes (block $fixed64 (block $varint
      (br_table $varint $fixed64 $bytes $broken $broken $fixed32 $broken $broken
        (i32.and (i32.wrap_i64 (local.get $key)) (i32.const 7))))
      (call $skip_varint (local.get $end))
      (br $skip))
      (global.set $batch_at (i32.add (global.get $batch_at) (i32.const 8)))
      (br $skip))
      (local.set $value (call $batch_varint (local.get $end)))
      (br_if $broken (i64.gt_u (local.get $value) (i64.extend_i32_u (i32.sub (local.get $end) (global.get $batch_at)))))
      (if (i64.eq (local.get $key) (i64.const ${(31 << 3) | 2})) (then
        (global.set $next_batch (i32.add (local.get $cursor)
          (i32.add (i32.sub (global.get $batch_at) (local.get $at)) (i32.wrap_i64 (local.get $value)))))
        (call $batch_update (global.get $batch_at) (i32.wrap_i64 (local.get $value)))
        (return)))
      (global.set $batch_at (i32.add (global.get $batch_at) (i32.wrap_i64 (local.get $value))))
      (br $skip))
      (global.set $batch_at (i32.add (global.get $batch_at) (i32.const 4))))
    (br_if $broken (i32.gt_u (global.get $batch_at) (local.get $end)))
    (global.set $next_batch (i32.add (local.get $cursor) (i32.sub (global.get $batch_at) (local.get $at))))
    (call $advance)
    (return))
  (global.set $next_batch ${loadWord('batch_end')})
  (call $advance)
  (call $malformed (local.get $at) (i32.sub (local.get $end) (local.get $at))))

;; Moves $batch_at behind a varint of up to 10 bytes, or behind $end when it is broken.
(func $skip_varint (param $end i32)
  (local $i i32)
  (loop $more
    (if (i32.or (i32.ge_u (global.get $batch_at) (local.get $end)) (i32.eq (local.get $i) (i32.const 10))) (then
      (global.set $batch_at (i32.add (local.get $end) (i32.const 1)))
      (return)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (global.set $batch_at (i32.add (global.get $batch_at) (i32.const 1)))
    (br_if $more (i32.ge_u (i32.load8_u $ingress (i32.sub (global.get $batch_at) (i32.const 1))) (i32.const 128)))))

;; A batch inside a batch is malformed.
(func $batch_update (param $at i32) (param $len i32)
  (if (i32.ge_u (local.get $len) (i32.const 2)) (then
    (if (i32.eq (i32.load16_u $ingress (local.get $at)) (i32.const ${BATCH_KEY})) (then
      (call $advance)
      (call $malformed (local.get $at) (local.get $len))
      (return)))))
  (call $update (local.get $at) (local.get $len)))

(func $start_time (param $now i64)
  (if (i64.lt_u (local.get $now) ${loadLong('now')}) (then (local.set $now ${loadLong('now')})))
  (global.set $now (local.get $now))
  ${storeLong('now', '(local.get $now)')})`;
}
