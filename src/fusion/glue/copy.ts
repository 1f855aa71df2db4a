/** Messages longer than this are copied by memory.copy; shorter ones inline. */
const INLINE_BYTES_MAX = 256;

/**
 * A function `$copy_<from>_<to> (dst, src, len)` between two memories. memory.copy is a call out of wasm in V8, dear for
 * the 40 bytes of a tag update, so short messages go in chunks of 16, then 8, 4, 2, 1. Chunks never overlap: the next copy
 * loads just what this one stored, which the processor forwards from its store buffer; a load that straddles two
 * stores waits for both to reach the cache (twice the time per hop, measured).
 */
export function copyFunction(from: string, to: string): string {
  const rest = (bytes: number, load: string, store: string): string => `
  (if (i32.and (local.get $len) (i32.const ${bytes})) (then
    (${store} $${to} (local.get $dst) (${load} $${from} (local.get $src)))
    ${
      bytes > 1
        ? `(local.set $dst (i32.add (local.get $dst) (i32.const ${bytes})))
    (local.set $src (i32.add (local.get $src) (i32.const ${bytes})))`
        : ''
    }))`;
  return `
(func $copy_${from}_${to} (param $dst i32) (param $src i32) (param $len i32)
  (local $end i32)
  (if (i32.gt_u (local.get $len) (i32.const ${INLINE_BYTES_MAX})) (then
    (memory.copy $${to} $${from} (local.get $dst) (local.get $src) (local.get $len))
    (return)))
  (local.set $end (i32.add (local.get $src) (i32.and (local.get $len) (i32.const -16))))
  (block $tail (loop $more
    (br_if $tail (i32.eq (local.get $src) (local.get $end)))
    (v128.store $${to} (local.get $dst) (v128.load $${from} (local.get $src)))
    (local.set $dst (i32.add (local.get $dst) (i32.const 16)))
    (local.set $src (i32.add (local.get $src) (i32.const 16)))
    (br $more)))
  ${rest(8, 'i64.load', 'i64.store')}
  ${rest(4, 'i32.load', 'i32.store')}
  ${rest(2, 'i32.load16_u', 'i32.store16')}
  ${rest(1, 'i32.load8_u', 'i32.store8')})`;
}
